//! From which compose files a container was created, by its labels.

use std::{
    collections::BTreeSet,
    path::{Component, Path, PathBuf},
};

use super::{Container, Stack};

/// The label with the files that a container was created from.
pub const FILES: &str = "com.docker.compose.project.config_files";
/// The label with the folder that their relative paths start from.
pub const DIR: &str = "com.docker.compose.project.working_dir";

impl Stack {
    /// The files that a container was created from and that aren't the project's: of a service of ours only where none
    /// of them is the project's, of another where some aren't. Empty where it is the project's own.
    pub fn other_files(&self, container: &Container) -> Vec<PathBuf> {
        let Some(project) = self.declared.as_deref() else { return Vec::new() };
        let Some(label) = container.labels.get(FILES).filter(|text| !text.is_empty()) else { return Vec::new() };
        let dir = container.labels.get(DIR).map_or(project.dir.as_path(), Path::new);
        let theirs: Vec<PathBuf> = label.split(',').map(|file| plain(&dir.join(file.trim()))).collect();
        let ours: BTreeSet<PathBuf> = project.files.iter().map(|file| plain(&project.dir.join(file))).collect();
        // What came through a pipe, or with a simulated engine, has no name to be known by.
        if ours.is_empty() || theirs.iter().chain(&ours).any(|file| is_piped(file)) {
            return Vec::new();
        }
        let declared = container.service.as_ref().is_some_and(|name| project.services.contains_key(name));
        let others: Vec<PathBuf> = theirs.iter().filter(|file| !ours.contains(*file)).cloned().collect();
        if declared && others.len() < theirs.len() { Vec::new() } else { others }
    }
}

fn is_piped(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name == "-" || name == "(stdin)")
}

/// A path without `.` and `..`, as far as that can be told without looking.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::fixture::{container, project, service, stack};

    #[test]
    fn the_labels_tell_whose_a_container_is() {
        let stack = stack(Some(project([service("web", &[])])), &[]);
        let others = |name: &str, files: &str| {
            let mut c = container(name);
            c.labels.insert(FILES.into(), files.into());
            c.labels.insert(DIR.into(), "/p".into());
            stack.other_files(&c).iter().map(|file| file.display().to_string()).collect::<Vec<_>>()
        };
        assert_eq!(others("web", "/p/compose.yaml"), [] as [String; 0]);
        assert_eq!(others("web", "./x/../compose.yaml"), [] as [String; 0], "the same file");
        assert_eq!(others("web", "/p/compose.yaml,/p/more.yaml"), [] as [String; 0], "with an override besides");
        assert_eq!(others("web", "/home/bo/p/compose.yaml"), ["/home/bo/p/compose.yaml"]);
        assert_eq!(others("api", "/p/compose.yaml,/p/api.yaml"), ["/p/api.yaml"]);
        assert_eq!(others("api", "-"), [] as [String; 0]);
        assert_eq!(others("api", ""), [] as [String; 0]);
    }
}
