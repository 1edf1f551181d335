//! Relative paths of a document made absolute, each against the folder of the file that says it.

use std::path::{Component, Path, PathBuf};

use super::node::{Node, Value};

/// `.` and `..` taken out by their letters alone, without a look at the disk.
pub fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if out.file_name().is_some() => {
                out.pop();
            }
            Component::ParentDir if out.has_root() => {}
            part => out.push(part),
        }
    }
    out
}

/// The way from one folder to another, both absolute and clean.
pub fn relative(to: &Path, from: &Path) -> PathBuf {
    let same = to.components().zip(from.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(same).map(|_| Component::ParentDir);
    up.chain(to.components().skip(same)).collect()
}

/// Where relative paths start and what `~` stands for.
#[derive(Debug, Clone, Copy)]
pub struct Base<'a> {
    /// The folder.
    pub dir: &'a Path,
    /// The user's home, if known.
    pub home: Option<&'a str>,
}

/// Whether a path begins with a Windows drive: `C:\` or `c:/`.
fn on_drive(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && chars.next() == Some(':')
        && matches!(chars.next(), Some('\\' | '/'))
}

impl Base<'_> {
    /// The absolute path of a text; absolute ones stay as they are.
    pub fn join(&self, text: &str) -> PathBuf {
        match (text.strip_prefix('~'), self.home) {
            // Docker compose puts the home before whatever follows, `~name` too.
            (Some(rest), Some(home)) => clean(&Path::new(home).join(rest.trim_start_matches('/'))),
            _ if text.starts_with('/') || on_drive(text) => PathBuf::from(text),
            _ => clean(&self.dir.join(text)),
        }
    }

    fn text(&self, text: &str) -> String {
        self.join(text).to_string_lossy().into_owned()
    }

    /// Makes the paths of a whole document absolute.
    pub fn document(&self, root: &mut Node) {
        for (section, each) in [
            ("services", Self::service as fn(&Self, &mut Node)),
            ("volumes", Self::driver_options),
            ("secrets", Self::file),
            ("configs", Self::file),
        ] {
            let map = root.map_mut().and_then(|map| map.get_mut(section)).and_then(|entry| entry.node.map_mut());
            for entry in map.into_iter().flat_map(|map| map.values_mut()) {
                each(self, &mut entry.node);
            }
        }
    }

    /// Makes the paths of one service absolute.
    pub fn service(&self, service: &mut Node) {
        let Some(map) = service.map_mut() else { return };
        for (key, entry) in map {
            let node = &mut entry.node;
            match key.as_str() {
                "env_file" | "label_file" => self.each(node, |base, item| match &mut item.value {
                    Value::Map(_) => base.under(item, "path"),
                    _ => base.scalar(item),
                }),
                "volumes" => self.each(node, Self::mount),
                "build" if node.map().is_some() => self.build(node),
                "develop" => {
                    let watch = node.map_mut().and_then(|map| map.get_mut("watch"));
                    if let Some(Value::List(items)) = watch.map(|entry| &mut entry.node.value) {
                        items.iter_mut().for_each(|item| self.under(item, "path"));
                    }
                }
                "build" => self.context(node),
                _ => {}
            }
        }
    }

    fn build(&self, node: &mut Node) {
        for (key, entry) in node.map_mut().into_iter().flatten() {
            let node = &mut entry.node;
            match (key.as_str(), &mut node.value) {
                ("context", _) => self.context(node),
                ("additional_contexts", Value::Map(map)) => {
                    map.values_mut().for_each(|entry| self.context(&mut entry.node));
                }
                ("additional_contexts", Value::List(items)) => {
                    for item in items {
                        if let Some((name, context)) = item.str().and_then(|text| text.split_once('=')) {
                            let mut node = Node::new(Value::Str(context.to_owned()), item.place.clone());
                            self.context(&mut node);
                            item.value = Value::Str(format!("{name}={}", node.text().unwrap_or_default()));
                        }
                    }
                }
                ("ssh", Value::Map(map)) => map.values_mut().for_each(|entry| self.scalar(&mut entry.node)),
                _ => {}
            }
        }
    }

    /// A build's context: what is remote or of another kind stays.
    fn context(&self, node: &mut Node) {
        let Value::Str(text) = &mut node.value else { return };
        let remote = ["https://", "http://", "git://", "ssh://", "github.com/", "git@", "service:"];
        if !text.is_empty() && !text.contains("://") && !remote.iter().any(|prefix| text.starts_with(prefix)) {
            *text = self.text(text);
        }
    }

    /// The device of a volume that is a bind mount by its driver's options.
    fn driver_options(&self, volume: &mut Node) {
        if volume.at("driver").and_then(Node::str) != Some("local") {
            return;
        }
        let options = volume.map_mut().and_then(|map| map.get_mut("driver_opts")).map(|entry| &mut entry.node);
        if let Some(options) = options.filter(|options| options.at("o").and_then(Node::str) == Some("bind")) {
            self.filled(options, "device");
        }
    }

    fn each(&self, node: &mut Node, change: impl Fn(&Self, &mut Node)) {
        match &mut node.value {
            Value::List(items) => items.iter_mut().for_each(|item| change(self, item)),
            _ => change(self, node),
        }
    }

    fn under(&self, node: &mut Node, key: &str) {
        if let Some(entry) = node.map_mut().and_then(|map| map.get_mut(key)) {
            self.scalar(&mut entry.node);
        }
    }

    /// The file of a secret or a config.
    fn file(&self, node: &mut Node) {
        self.filled(node, "file");
    }

    /// A path that, where it is empty, is the folder, as docker compose has it.
    fn filled(&self, node: &mut Node, key: &str) {
        if let Some(entry) = node.map_mut().and_then(|map| map.get_mut(key))
            && let Value::Str(text) = &mut entry.node.value
        {
            *text = self.text(text);
        }
    }

    fn scalar(&self, node: &mut Node) {
        if let Value::Str(text) = &mut node.value
            && !text.is_empty()
        {
            *text = self.text(text);
        }
    }

    fn mount(&self, node: &mut Node) {
        match &mut node.value {
            Value::Str(text) if text.starts_with(['.', '~']) => {
                if let Some((source, rest)) = text.split_once(':')
                    && !source.is_empty()
                {
                    *text = format!("{}:{rest}", self.text(source));
                }
            }
            Value::Map(map) if map.get("type").and_then(|entry| entry.node.str()) == Some("bind") => {
                if let Some(source) = map.get_mut("source")
                    && let Value::Str(text) = &mut source.node.value
                {
                    *text = self.text(text);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::{report::Report, yaml};

    #[test]
    fn an_empty_device_of_a_bind_is_the_folder() {
        let text =
            |device: &str| format!("volumes: {{v: {{driver: local, driver_opts: {{o: bind, device: '{device}'}}}}}}");
        let parse = |text: String| {
            yaml::parse(&Path::new("c").into(), text.as_bytes(), &mut Report::default()).unwrap().remove(0)
        };
        for (said, path) in [("", "/p"), ("./d", "/p/d"), ("/d", "/d")] {
            let mut root = parse(text(said));
            Base { dir: Path::new("/p"), home: None }.document(&mut root);
            assert_eq!(root, parse(text(path)));
        }
    }

    #[test]
    fn folders_know_the_way_to_each_other() {
        for (to, from, way) in
            [("/a/b", "/a/b", ""), ("/a/b/c", "/a/b", "c"), ("/a", "/a/b", ".."), ("/x/y", "/a/b", "../../x/y")]
        {
            assert_eq!(relative(Path::new(to), Path::new(from)), Path::new(way), "{from} -> {to}");
        }
    }

    #[test]
    fn joins_by_the_letters() {
        let base = Base { dir: Path::new("/p/q"), home: Some("/home/u") };
        let cases = [
            ("./x", "/p/q/x"),
            ("../x", "/p/x"),
            ("../../../x", "/x"),
            (".", "/p/q"),
            ("~", "/home/u"),
            ("~/x", "/home/u/x"),
            ("/a/../b", "/a/../b"),
            ("C:\\x", "C:\\x"),
        ];
        for (text, path) in cases {
            assert_eq!(base.join(text), Path::new(path), "{text}");
        }
    }

    #[test]
    fn paths_of_services_become_absolute() {
        let text = "services: {a: {env_file: [x.env, {path: y.env}], volumes: ['./d:/d:ro', 'v:/v', '~/h:/h', './anonymous', \
                    {type: bind, source: ./l, target: /l}]}}\nsecrets: {s: {file: ./s}}";
        let mut root = yaml::parse(&Path::new("c").into(), text.as_bytes(), &mut Report::default()).unwrap().remove(0);
        Base { dir: Path::new("/p"), home: Some("/h") }.document(&mut root);
        let expected = "services: {a: {env_file: [/p/x.env, {path: /p/y.env}], volumes: ['/p/d:/d:ro', 'v:/v', '/h/h:/h', \
                        './anonymous', {type: bind, source: /p/l, target: /l}]}}\nsecrets: {s: {file: /p/s}}";
        let expected =
            yaml::parse(&Path::new("c").into(), expected.as_bytes(), &mut Report::default()).unwrap().remove(0);
        assert_eq!(root, expected);
    }
}
