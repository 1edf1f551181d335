//! Which variables the texts of a document use, found without replacing them.

use std::collections::BTreeMap;

use super::{
    node::{Node, Value},
    replace::{split_at_brace, split_name},
};

/// How deep defaults may hold further variables.
const MAX_DEPTH: usize = 64;

/// How a variable is used; of several uses the last counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Variable {
    /// Whether it must be set (`?`, `:?`).
    pub required: bool,
    /// What stands for it where it isn't set (`-`, `:-`).
    pub default: String,
    /// What stands for it where it is set (`+`, `:+`).
    pub alternate: String,
    /// `-`, `+` or `?`, if there is one.
    pub operator: Option<char>,
    /// Whether a blank value counts as none (`:` before the operator).
    pub blank_counts: bool,
}

/// The variables in all texts of a document, by name.
pub fn used(node: &Node) -> BTreeMap<String, Variable> {
    let mut found = BTreeMap::new();
    walk(node, &mut found);
    found
}

fn walk(node: &Node, found: &mut BTreeMap<String, Variable>) {
    match &node.value {
        Value::Str(text) => scan(text, 0, &mut |name, variable| {
            found.insert(name.to_owned(), variable);
        }),
        Value::List(items) => items.iter().for_each(|item| walk(item, found)),
        Value::Map(map) => map.values().for_each(|entry| walk(&entry.node, found)),
        _ => {}
    }
}

/// Tells every use of a variable in a text, those inside defaults after the one around them.
pub fn scan(text: &str, depth: usize, tell: &mut impl FnMut(&str, Variable)) {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('$') {
        rest = after;
        if let Some(after) = after.strip_prefix('$') {
            rest = after;
        } else if let Some(inside) = after.strip_prefix('{') {
            let Some((inner, after)) = split_at_brace(inside) else { continue };
            rest = after;
            let (name, operation) = split_name(inner);
            if name.is_empty() {
                continue;
            }
            let blank_counts = operation.starts_with(':');
            let operation = operation.strip_prefix(':').unwrap_or(operation);
            let word = operation.get(1..).unwrap_or_default();
            let operator = operation.chars().next();
            let mut variable = Variable { operator, blank_counts, ..Variable::default() };
            match operator {
                Some('?') => variable.required = true,
                Some('-') => variable.default = word.to_owned(),
                Some('+') => variable.alternate = word.to_owned(),
                _ => {}
            }
            tell(name, variable);
            if depth < MAX_DEPTH {
                scan(word, depth + 1, tell);
            }
        } else {
            let (name, after) = split_name(after);
            if !name.is_empty() {
                tell(name, Variable::default());
            }
            rest = after;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_use() {
        let mut found = Vec::new();
        scan("$A ${B:-x${C}} $$D ${E?must} ${F:+alt} ${1} $", 0, &mut |name, v| {
            found.push(format!("{name} {} {:?} {:?}", v.required, v.default, v.alternate));
        });
        let expected = [
            "A false \"\" \"\"",
            "B false \"x${C}\" \"\"",
            "C false \"\" \"\"",
            "E true \"\" \"\"",
            "F false \"\" \"alt\"",
        ];
        assert_eq!(found, expected);
    }

    proptest::proptest! {
        #[test]
        fn any_text_gives_an_answer(text in "[$A{}:?+\\-é\n]{0,40}") {
            scan(&text, 0, &mut |_, _| {});
        }
    }
}
