//! The model: what is known, and what the user looks at. Plain data; `update` alone changes it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use ratatui::layout::Size;
use ratatui_textarea::TextArea;

use super::{
    Key, config::Attention, effect::Occasion, hosts::Hosts, inspector::tab::Inspect, layout::Layout,
    overlays::open::Overlay, screens::ids::States,
};
pub use super::{
    pick::Pick,
    screens::ids::{Panel, Tab},
};
use crate::{
    base::{
        id::{Address, ContainerId, ProjectName, ServiceName},
        loss::{Ledger, Loss, LossKind, Whom},
        secrets::Masker,
        time::{Stamp, Zone},
    },
    compose::{Problem, Project, Severity},
    diagnose::{Case, Diagnosis, Recovered, diagnose},
    host::{Called, Host},
    stack::{Overview, Ran, Stack, timeline::Timeline},
    work::{Job, Tasks},
};

/// Everything that the screen is made from.
#[derive(Debug)]
pub struct Model {
    /// What is true of the engines that are open, and of their projects.
    hosts: Hosts,
    /// What follows of the project; derived again after each change of it.
    pub overview: Overview,
    /// The last start; derived again after each change of the stack. `None` where nothing was ever started.
    pub timeline: Option<Timeline>,
    /// What is wrong with the compose files.
    pub problems: Vec<Problem>,
    /// What is wrong at all, and why; derived again after each change of the stack.
    pub diagnosis: Diagnosis,
    /// What was wrong a moment ago.
    pub recovered: Recovered,
    /// When that was made, and whether lines of log came since that it may have to hear.
    pub diagnosed: (Stamp, bool),
    /// Since when the files hold errors that they didn't hold when the project on the screen was read, on our
    /// clock. Until they are right again, that project stays.
    pub kept_since: Option<Stamp>,
    /// Which file the disk doesn't answer about, and how long it hasn't.
    pub still_reading: Option<(PathBuf, Duration)>,
    /// What the whole window is for.
    pub mode: Mode,
    /// What the user looks at.
    pub ui: Ui,
    /// The terminal's size in cells.
    pub size: Size,
    /// Where everything is; made after each message.
    pub layout: Layout,
    /// The time of the message last taken, on our clock.
    pub now: Stamp,
    /// Jobs under way and the last ended ones, oldest first; bounded.
    pub jobs: Vec<Job>,
    /// Gives tasks their numbers, and knows those that are of no job.
    pub tasks: Tasks,
    /// We are leaving, and wait for what is under way.
    pub leaving: Option<Leaving>,
    /// Short-lived words in a corner, oldest first; bounded.
    pub toasts: Vec<Toast>,
    /// Health checks that were run by hand.
    pub manual_probes: BTreeMap<ContainerId, ManualProbe>,
    /// What was told recently.
    pub notified: NotificationLog,
    /// What the program itself left out: notifications, bells, hooks, messages.
    pub losses: Ledger,
    /// What was chosen at start.
    pub settings: Settings,
    /// Masks what is shown, with the secrets of what it was made for.
    masker: (Option<Address>, Masker),
}

/// A health check that was run by hand.
#[derive(Debug, Clone, PartialEq)]
pub struct ManualProbe {
    /// When, on the engine's clock.
    pub at: Stamp,
    /// How it went.
    pub state: ManualProbeState,
}

/// How a health check that was run by hand went.
#[derive(Debug, Clone, PartialEq)]
pub enum ManualProbeState {
    /// It runs.
    Running,
    /// It ended, or its time was up.
    Ran(Ran),
    /// It couldn't be run.
    Refused(String),
}

/// What was told recently, so that it isn't told again at once. Moments are on our clock.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NotificationLog {
    /// When the bell rang last.
    pub rang: Option<Stamp>,
    /// What was told of whom; bounded.
    pub told: BTreeMap<(Occasion, Option<ServiceName>), Stamp>,
}

impl Model {
    /// A model that knows nothing of the engine yet, on the Stack screen of a project.
    pub(in crate::app) fn new(
        settings: Settings,
        project: ProjectName,
        declared: Option<Arc<Project>>,
        size: Size,
        now: Stamp,
    ) -> Self {
        let host = Host::new(Stack::new(project, declared)).called(settings.called.clone());
        Self::looking_at(settings, host, Vec::new(), size, now)
    }

    /// A model of what is known already: the stack in front of a host.
    pub(in crate::app) fn looking_at(
        settings: Settings,
        host: Host,
        problems: Vec<Problem>,
        size: Size,
        now: Stamp,
    ) -> Self {
        let at = host.clock().at(now);
        let overview = host.stack().overview(host.view(), at);
        let diagnosis = diagnose(&Case::new(&problems, &host, &overview, at));
        let ui = Ui { selected: overview.services.first().map(|s| Pick::Service(s.name.clone())), ..Ui::default() };
        let mut model = Self {
            timeline: Timeline::of(host.stack(), host.view(), &overview, at),
            hosts: Hosts::new(host),
            overview,
            diagnosis,
            recovered: Recovered::default(),
            diagnosed: (now, false),
            problems,
            kept_since: None,
            still_reading: None,
            mode: Mode::Dashboard,
            ui,
            size,
            layout: Layout::default(),
            now,
            jobs: Vec::new(),
            tasks: Tasks::default(),
            leaving: None,
            toasts: Vec::new(),
            manual_probes: BTreeMap::new(),
            notified: NotificationLog::default(),
            losses: Ledger::default(),
            settings,
            masker: (None, Masker::default()),
        };
        model.know_secrets();
        model
    }

    /// What text has to pass before it leaves.
    pub fn masker(&self) -> &Masker {
        &self.masker.1
    }

    /// Makes the masker again where more secrets are known now, or others.
    pub(in crate::app) fn know_secrets(&mut self) {
        let (known, ascii, shown) = (self.stack().known(), self.settings.ascii, Some(self.address()));
        if self.masker.0 != shown || !self.masker.1.is_of(known, ascii) {
            self.masker = (shown, Masker::knowing(known, ascii));
        }
    }

    /// What makes docker compose refuse the files, though a project could be read from them.
    pub fn file_errors(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|p| p.severity == Severity::Error)
    }

    /// What is true of the project that is shown.
    pub fn stack(&self) -> &Stack {
        self.host().stack()
    }

    /// The same, to change it.
    pub(in crate::app) fn stack_mut(&mut self) -> &mut Stack {
        self.hosts.front_mut().stack_mut()
    }

    /// What is true of the engine that it is on.
    pub fn host(&self) -> &Host {
        self.hosts.front()
    }

    /// Where what is shown is.
    pub fn address(&self) -> Address {
        self.hosts.shown()
    }

    /// Every engine that is open.
    pub fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    /// The same, to change them.
    pub(in crate::app) fn hosts_mut(&mut self) -> &mut Hosts {
        &mut self.hosts
    }

    /// Counts what the program left out.
    pub(in crate::app) fn lose(&mut self, kind: LossKind, number: usize) {
        let number = u64::try_from(number).unwrap_or(u64::MAX);
        let at = self.engine_now();
        self.losses.add(Loss { kind, number, whom: Whom::All, at });
    }

    /// Now, on the engine's clock; what ages are counted from.
    pub fn engine_now(&self) -> Stamp {
        self.host().clock().at(self.now)
    }
}

/// What was chosen at start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Nothing may be changed; nothing lifts it.
    pub read_only_forced: bool,
    /// Nothing may be changed at the moment (`Ctrl-t`, or forced).
    pub read_only: bool,
    /// Only ASCII glyphs.
    pub ascii: bool,
    /// The mouse is taken.
    pub mouse: bool,
    /// The theme's name.
    pub theme: String,
    /// The time zone that moments are shown in.
    pub zone: Zone,
    /// What happens when something is worth attention.
    pub attention: Attention,
    /// What a command to paste has to carry.
    pub called: Called,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            read_only_forced: false,
            read_only: false,
            ascii: false,
            mouse: true,
            theme: "dark".into(),
            zone: Zone::default(),
            attention: Attention::default(),
            called: Called::default(),
        }
    }
}

/// What the whole window is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// The dashboard of a project.
    Dashboard,
    /// No compose file: choose one of the engine's projects. The text says where was looked.
    Picker {
        /// Where was looked for a file.
        looked: String,
        /// The chosen row.
        selected: usize,
    },
    /// The compose files give no project; `Model::problems` says why.
    Broken {
        /// The first line shown.
        scroll: usize,
    },
}

/// What the user looks at.
#[derive(Debug, Default)]
pub struct Ui {
    /// The screen.
    pub tab: Tab,
    /// The panel that keys go to.
    pub focus: Panel,
    /// Whether the focused panel fills the screen.
    pub zoom: bool,
    /// The focused panel was asked for: where there is no room for it else, it fills the screen.
    pub insists: bool,
    /// What is selected; stays while rows come and go.
    pub selected: Option<Pick>,
    /// What is marked; actions apply to all of it.
    pub marked: BTreeSet<Pick>,
    /// The inspector's tab.
    pub inspect: Inspect,
    /// The inspector's first line.
    pub inspect_scroll: usize,
    /// Whether values that look secret are shown.
    pub reveal: bool,
    /// What each screen keeps of how it is looked at.
    pub screens: States,
    /// Counts the requests to measure disk usage.
    pub usage_request: u32,
    /// Counts the requests to read the compose files once more before a plan is carried out.
    pub files_request: u32,
    /// What stands above everything and takes the keys.
    pub overlay: Option<Overlay>,
    /// The key that was pressed last: what it opened isn't answered by it.
    pub pressed: Option<Key>,
    /// A line being typed, in the footer.
    pub prompt: Option<Prompt>,
    /// Services whose state just changed, and until when that is shown, on our clock.
    pub glow: BTreeMap<ServiceName, Stamp>,
    /// Where was looked for a file before the project was chosen from the engine's; the way back there.
    pub picked_from: Option<String>,
}

/// A line being typed in the footer.
#[derive(Debug)]
pub struct Prompt {
    /// The screen that it is for.
    pub of: Tab,
    /// The text so far.
    pub input: Box<TextArea<'static>>,
    /// What is wrong with it so far (a regex that isn't one).
    pub error: Option<String>,
}

/// That we are leaving, and wait for what is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaving {
    /// Since when, on our clock.
    pub since: Stamp,
    /// Until when at the latest, on our clock; `None` where the user waits as long as it takes.
    pub until: Option<Stamp>,
}

/// Short-lived words in a corner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// The words; clean.
    pub text: String,
    /// Whether they tell of a failure.
    pub error: bool,
    /// When they go, on our clock.
    pub until: Stamp,
}
