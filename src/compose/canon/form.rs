//! The forms in which docker compose prints values.

/// A key and how its value is printed.
pub type Field = (&'static str, Form);

/// How a value is printed. What is said to be left out has no key in the output.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// A text; left out when empty.
    Text,
    /// A text, printed even when empty.
    TextAlways,
    /// A flag; left out when false.
    Flag,
    /// A flag; left out when absent.
    FlagIfSet,
    /// A flag, printed whatever it is.
    FlagAlways,
    /// A whole number; left out when 0.
    Whole,
    /// A whole number; left out when absent.
    WholeIfSet,
    /// A whole number, printed whatever it is.
    WholeAlways,
    /// A number of single precision; left out when 0.
    Number,
    /// Bytes, as a text; left out when 0.
    Bytes,
    /// Bytes, printed whatever they are.
    BytesAlways,
    /// A duration; left out when absent.
    Time,
    /// A duration; left out when 0.
    TimeIfNotZero,
    /// A list of texts, or one; left out when empty.
    Texts,
    /// A command: null when absent in JSON, left out in YAML.
    Words,
    /// A health check's test: a text is a shell's command.
    Test,
    /// `KEY=value` items or a mapping; no value is null.
    Environment,
    /// `KEY=value` items or a mapping; no value is empty.
    Pairs,
    /// `name=address`, sorted.
    Hosts,
    /// A number, or its two limits.
    Ulimit,
    /// A number of devices; all are -1.
    Count,
    /// Keys for building: `id` or `id: path`.
    Ssh,
    /// Permission bits: octal digits in a text; a plain number before 2.34.
    Mode,
    /// A mapping of lists of texts; one value counts as a list of one.
    Lists,
    /// One form, and the one that 2.26 had.
    Since(&'static Form, &'static Form),
    /// Files of variables: a path, or a mapping where the file may be missing.
    EnvFiles,
    /// A structure; left out when absent.
    Keys(&'static [Field]),
    /// A structure, printed in JSON even when absent.
    KeysAlways(&'static [Field]),
    /// A structure whose keys are capitalised in JSON.
    Capital(&'static [Field]),
    /// A list; left out when empty.
    List(&'static Form),
    /// A mapping with any keys; left out when empty. Null stays null.
    Named(&'static Form),
}
