//! What a value of a compose file may be.

/// What a value may be.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Anything.
    Any,
    /// A scalar of one of these kinds.
    Typed(&'static [Kind]),
    /// The same; a text is read as a number or a flag.
    Number(Cast, &'static [Kind]),
    /// The same; a text must have a format.
    Text(Format, &'static [Kind]),
    /// The same; a number must be in these bounds.
    Range(i128, i128, &'static Shape),
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list.
    List(&'static Shape),
    /// A list without repeats.
    Set(&'static Shape),
    /// A mapping with these keys, some of them required, and extension fields.
    Keys(&'static [(&'static str, Shape)], &'static [&'static str]),
    /// The same, or null.
    KeysOrNull(&'static [(&'static str, Shape)]),
    /// A mapping whose keys are names of services, volumes and so on.
    Named(&'static Shape),
    /// A mapping with any keys.
    Free(&'static Shape),
    /// One of several; the first is what an unfit value is told to be.
    Either(&'static [Shape]),
}

/// A kind of scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Str,
    /// A whole number.
    Int,
    /// Any number.
    Num,
    /// `true` or `false`.
    Bool,
    /// Nothing.
    Null,
}

/// What a text is turned into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cast {
    /// A flag.
    Bool,
    /// A whole number.
    Int,
    /// A whole number that isn't negative.
    Uint,
    /// Any number.
    Float,
}

/// What a text must look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `1m30s`
    Duration,
    /// `512m`
    Size,
    /// `always`, `every_12h`, …
    PullPolicy,
    /// A number or `all`.
    DeviceCount,
    /// `name=address` or `name:address`
    Host,
    /// A port or a range of ports, not a fraction.
    Expose,
    /// `0440`: permission bits; of a text the digits are octal, with or without a leading 0.
    Mode,
    /// What has somewhere two characters that a container's name may have.
    ContainerName,
    /// `KEY=value` without a blank before the `=`.
    Variable,
}

impl Kind {
    /// The schema's word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Str => "string",
            Self::Int => "integer",
            Self::Num => "number",
            Self::Bool => "boolean",
            Self::Null => "null",
        }
    }
}
