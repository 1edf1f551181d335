//! The secrets that a project's files declare, as values: so that they can be masked wherever a program, an error or a
//! command repeats them.

use super::{
    env::Env,
    node::{Node, Value},
};
use crate::base::secrets::Known;

/// What of this is a secret: values under names that say so, wherever in the document, variables that fill it in, and
/// the contents of secrets.
pub(super) fn known(document: &Node, env: &Env) -> Known {
    let mut known = Known::default();
    if let Some(map) = document.map() {
        for (name, entry) in map {
            for (key, _) in entry.node.map().into_iter().flatten() {
                known.word(key);
            }
            walk(name, &entry.node, &mut known);
        }
    }
    for (_, entry) in document.section("services") {
        if let Some(image) = entry.node.at("image").and_then(Node::str) {
            known.image(image);
        }
    }
    for (_, entry) in document.section("secrets") {
        let node = &entry.node;
        let variable = node.at("environment").and_then(Node::str).and_then(|name| env.get(name));
        for content in variable.into_iter().chain(node.at("content").and_then(Node::str)) {
            known.add(content);
        }
    }
    for (name, var) in env.iter() {
        known.learn(name, &var.value);
    }
    known
}

fn walk(name: &str, node: &Node, known: &mut Known) {
    match &node.value {
        Value::Map(map) => map.iter().for_each(|(key, entry)| walk(key, &entry.node, known)),
        Value::List(items) => {
            // The words of a command: what an option takes is the next one.
            let words: Option<Vec<&str>> = items.iter().map(Node::str).collect();
            if let Some(words) = words.filter(|words| words.len() > 1) {
                known.learn_from(&words.join(" "));
            }
            for item in items {
                match item.str().and_then(|text| text.split_once('=')) {
                    Some((name, value)) => known.learn(name, value),
                    None => walk(name, item, known),
                }
            }
        }
        Value::Str(text) => known.learn(name, text),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::{
        base::secrets::Masker,
        compose::{Options, load},
    };

    #[test]
    fn what_the_files_declare_is_known_wherever_it_stands() {
        let compose = "services:\n  web:\n    image: shop/frontend:1\n    command: [serve, --token, cmd-secret-1]\n    \
                       environment: {X: '${DB_PASSWORD}', LIST: plain-value}\n    labels: ['api.key=label-secret-1']\n    \
                       build: {context: ., args: {NPM_TOKEN: arg-secret-1}}\nvolumes:\n  data: {driver_opts: {o: \
                       'username=a,password=opt-secret-1'}}\nconfigs:\n  c: {content: 'password: conf-secret-1'}\n\
                       secrets:\n  s: {environment: HELD}\nx-more: {client_secret: more-secret-1}\n";
        let temp = tempfile::tempdir().unwrap();
        fs::write(temp.path().join("compose.yaml"), compose).unwrap();
        fs::write(temp.path().join(".env"), "DB_PASSWORD=env-secret-1\nHELD=held-secret-1\n").unwrap();
        let loaded = load(&Options { cwd: temp.path().into(), ..Options::default() });
        let masker = Masker::knowing(&loaded.project.unwrap().known, true);
        for place in ["cmd", "label", "arg", "opt", "conf", "env", "held", "more"] {
            let text = format!("at {place}-secret-1 end");
            assert_eq!(masker.text(&text), "at ******** end", "{place}");
        }
        assert_eq!(masker.text("frontend plain-value"), "frontend plain-value");
    }
}
