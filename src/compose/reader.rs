//! From file names to one merged document: every file read, replaced, extended, included and merged in turn.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
};

use super::{
    canon,
    env::Env,
    env_file,
    files::{Files, ReadError},
    interpolate, merge,
    node::Node,
    options::How,
    paths::{self, Base},
    problem::{Place, Problem},
    report::Report,
    schema,
    trail::Trail,
    yaml,
};

/// A compose file to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// On the disk, as an absolute path.
    Path(PathBuf),
    /// What came on the standard input.
    Stdin,
}

/// No project is read from more files than this, counting repeats.
const MAX_LOADS: usize = 2_000;
/// How many values the files, their repeats by `include` and the copies by `extends`, in their long forms, and the
/// variables from env files may be in all.
const MAX_COPIES: usize = 100_000;

/// Reads files and remembers what went wrong.
pub struct Reader<'f> {
    /// Where files come from.
    pub files: &'f dyn Files,
    /// Where problems go.
    pub report: Report,
    /// The folder against which file names in messages are shortened.
    pub cwd: PathBuf,
    /// What stands for the standard input.
    pub stdin: Option<String>,
    /// Its name in messages.
    pub stdin_label: PathBuf,
    /// Steps to leave out.
    pub how: How,
    /// Files that were included or extended.
    pub others: BTreeSet<PathBuf>,
    parsed: HashMap<PathBuf, Option<Rc<Vec<Node>>>>,
    loads: usize,
    copies: usize,
}

/// What the files of one project, or of one included project, have in common.
pub struct Scope {
    /// The folder that relative paths start from.
    pub dir: PathBuf,
    /// The variables.
    pub env: Env,
    /// The files that led here, each included by the one before, to find cycles.
    pub within: Vec<PathBuf>,
    /// Files that services extend from, replaced and ready.
    pub extended: HashMap<PathBuf, Option<Rc<Node>>>,
}

impl Scope {
    /// A scope without anything read yet.
    pub fn new(dir: PathBuf, env: Env, within: Vec<PathBuf>) -> Self {
        Self { dir, env, within, extended: HashMap::new() }
    }

    /// What relative paths start from.
    pub fn base(&self) -> Base<'_> {
        Base { dir: &self.dir, home: self.env.get("HOME") }
    }
}

impl<'f> Reader<'f> {
    /// A reader of these files.
    pub fn new(files: &'f dyn Files, cwd: PathBuf, stdin: Option<String>) -> Self {
        Self {
            files,
            report: Report::default(),
            cwd,
            stdin,
            stdin_label: "(stdin)".into(),
            how: How::default(),
            others: BTreeSet::new(),
            parsed: HashMap::new(),
            loads: 0,
            copies: 0,
        }
    }

    /// A file's name for messages: relative below the current folder.
    pub fn label(&self, path: &Path) -> Arc<Path> {
        match path.strip_prefix(&self.cwd) {
            Ok(short) if !short.as_os_str().is_empty() => short.into(),
            _ => path.into(),
        }
    }

    /// Notes that a file could not be read. `asked` is where a file names it.
    pub fn unreadable(&mut self, path: &Path, error: &ReadError, asked: Option<&Place>) {
        let verb = if *error == ReadError::Missing { "open" } else { "read" };
        let problem = Problem::error(format!("{verb} {}: {error}", path.display()));
        self.report.push(match asked {
            Some(place) => problem.at(place.clone()),
            None => problem,
        });
    }

    /// The raw documents of a file, read once.
    pub fn documents(&mut self, source: &Source, asked: Option<&Place>) -> Option<Rc<Vec<Node>>> {
        let path = match source {
            Source::Path(path) => path.clone(),
            Source::Stdin => self.stdin_label.clone(),
        };
        if let Some(known) = self.parsed.get(&path) {
            return known.clone();
        }
        let bytes = match source {
            Source::Path(path) => match self.files.read(path) {
                Ok(bytes) => bytes,
                Err(error) => {
                    self.unreadable(path, &error, asked);
                    self.parsed.insert(path.clone(), None);
                    return None;
                }
            },
            Source::Stdin => Arc::from(self.stdin.clone().unwrap_or_default().into_bytes()),
        };
        let file = self.label(&path);
        let documents = yaml::parse(&file, &bytes, &mut self.report).map(Rc::new);
        self.parsed.insert(path, documents.clone());
        documents
    }

    /// Whether another file may be loaded; says so once when there are too many.
    pub fn may_load(&mut self, place: Option<&Place>) -> bool {
        self.loads += 1;
        if self.loads == MAX_LOADS {
            let problem = Problem::error(format!("the project includes more than {MAX_LOADS} files"));
            self.report.push(match place {
                Some(place) => problem.at(place.clone()),
                None => problem,
            });
        }
        self.loads < MAX_LOADS
    }

    /// Whether so many more values may be copied; says once when there are too many.
    pub fn may_copy(&mut self, weight: usize, place: &Place) -> bool {
        let could = self.copies <= MAX_COPIES;
        self.copies = self.copies.saturating_add(weight);
        let can = self.copies <= MAX_COPIES;
        if could && !can {
            let message =
                format!("the project is too large: it holds, includes and extends more than {MAX_COPIES} values");
            self.report.error(place, message);
        }
        can
    }

    /// Where the paths of an included or extended file in a folder start, seen from the folder of the file that
    /// names it: relative ones stay relative where they are wanted as written.
    pub fn start<'p>(&self, folder: &'p Path, from: &Path) -> Cow<'p, Path> {
        if self.how.no_path_resolution { paths::relative(folder, from).into() } else { folder.into() }
    }

    /// The merged document of several files; `None` when nothing of them could be read.
    pub fn tree(&mut self, sources: &[Source], scope: &mut Scope, asked: Option<&Place>) -> Option<Node> {
        let mut merged: Option<Node> = None;
        for source in sources {
            if self.copies > MAX_COPIES || !self.may_load(asked) {
                break;
            }
            let Some(documents) = self.documents(source, asked) else { continue };
            for document in documents.iter() {
                if document.map().is_none() {
                    self.report.error(&document.place, "Top-level object must be a mapping");
                    continue;
                }
                if !self.may_copy(document.weight(), &document.place) {
                    break;
                }
                let mut document = document.clone();
                self.interpolate(&mut document, &scope.env);
                self.warn_version(&document);
                let path = match source {
                    Source::Path(path) => path.clone(),
                    Source::Stdin => scope.dir.join(&self.stdin_label),
                };
                self.extend(&mut document, &path, scope);
                self.include(&mut document, &path, scope);
                match &mut merged {
                    Some(merged) => merge::merge(merged, document, &Trail::ROOT, &mut self.report),
                    None => merged = Some(document),
                }
                // Docker compose checks after every file: a later one can't fix an earlier one.
                if let Some(merged) = &mut merged {
                    schema::check(merged, !self.how.no_interpolate, &mut self.report);
                    if !self.may_copy(canon::growth(merged), &merged.place) {
                        break;
                    }
                    canon::lengthen(merged, !self.how.no_interpolate, self.report.sources.as_mut());
                }
            }
        }
        if let Some(merged) = &mut merged {
            merge::sweep(merged);
        }
        merged
    }

    /// Replaces the variables of a document, unless they are wanted as written.
    pub fn interpolate(&mut self, document: &mut Node, env: &Env) {
        if let Some(sources) = &mut self.report.sources {
            sources.document(document, env);
        }
        if !self.how.no_interpolate {
            interpolate::document(document, env, &mut self.report);
        }
    }

    fn warn_version(&mut self, document: &Node) {
        if let Some(entry) = document.map().and_then(|map| map.get("version")) {
            let problem = Problem::warning("the attribute `version` is obsolete, it will be ignored");
            self.report.push(problem.at(entry.key.clone()).help("remove it to avoid potential confusion"));
        }
    }

    /// Does something of which nothing is told and nothing counted.
    pub fn quietly<T>(&mut self, what: impl FnOnce(&mut Self) -> T) -> T {
        let (report, copies) = (std::mem::take(&mut self.report), self.copies);
        let done = what(self);
        (self.report, self.copies) = (report, copies);
        done
    }

    /// Reads an env file, its mistakes reported.
    pub fn env_file(
        &mut self,
        path: &Path,
        before: env_file::Known<'_>,
        format: env_file::Format,
    ) -> Result<Env, ReadError> {
        let bytes = self.files.read(path)?;
        let file = self.label(path);
        let parsed = format(&file, &bytes, before);
        self.report.source(&file, String::from_utf8_lossy(&bytes).into());
        for (name, line) in parsed.unset {
            self.report.push(interpolate::unset(&name).at(Place { file: file.clone(), line, column: 1 }));
        }
        if let Some((line, message)) = parsed.error {
            let message = format!("failed to read {}: line {line}: {message}", path.display());
            self.report.error(&Place { file, line, column: 1 }, message);
        }
        Ok(parsed.vars)
    }
}
