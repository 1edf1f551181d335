//! Values of compose's own form as texts that can be compared.

use serde_json::Value;

/// A value as a text, without the quotes of JSON.
pub fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// A list whose order means nothing.
pub fn list(items: impl IntoIterator<Item = String>) -> String {
    let mut all: Vec<String> = items.into_iter().filter(|item| !item.is_empty()).collect();
    all.sort();
    all.join(", ")
}
