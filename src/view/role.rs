//! Roles: what a piece of the screen means. A theme gives each a colour; nothing else knows colours.

use ratatui::style::Modifier;

macro_rules! roles {
    ($($(#[$doc:meta])* $variant:ident = $name:literal $(mono $modifier:ident)?,)*) => {
        /// What a piece of the screen means.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
        pub enum Role {
            $($(#[$doc])* $variant,)*
        }

        impl Role {
            /// Every role, in the order of declaration.
            pub const ALL: &'static [Role] = &[$(Role::$variant,)*];

            /// Its name in theme files.
            pub const fn name(self) -> &'static str {
                match self { $(Role::$variant => $name,)* }
            }

            /// How it stands out where there are no colours.
            pub const fn mono(self) -> Modifier {
                match self { $(Role::$variant => { let _m = Modifier::empty(); $(let _m = Modifier::$modifier;)? _m })* }
            }
        }
    };
}

roles! {
    /// Ordinary text, on the ground of the whole screen.
    #[default]
    Text = "text",
    /// Text that matters less.
    Dim = "text.dim",
    /// Text that is hardly more than structure.
    Faint = "text.faint" mono DIM,
    /// Names and what is looked for.
    Strong = "text.strong" mono BOLD,
    /// The one accent.
    Accent = "accent" mono BOLD,
    /// Borders.
    Border = "border" mono DIM,
    /// The border of the panel that has the focus.
    BorderFocus = "border.focus" mono BOLD,
    /// Titles in borders.
    Title = "title",
    /// The title of the panel that has the focus.
    TitleFocus = "title.focus" mono BOLD,
    /// Headings of tables.
    Heading = "heading" mono DIM,
    /// A key's name in the footer and in help.
    Key = "key" mono BOLD,
    /// The selected row; mostly a ground.
    Selection = "selection" mono REVERSED,
    /// The sign of a marked row.
    Marked = "marked" mono BOLD,
    /// The tab that is shown.
    TabActive = "tab.active" mono REVERSED,
    /// The other tabs.
    Tab = "tab",
    /// A count of what wants attention.
    Count = "tab.count" mono BOLD,
    /// The ground and text of what stands above the rest.
    Overlay = "overlay",
    /// Good.
    Good = "good",
    /// Under way.
    Busy = "busy",
    /// Worth a look.
    Warning = "warning" mono BOLD,
    /// Wrong.
    Error = "error" mono BOLD,
    /// State: healthy.
    Healthy = "state.healthy",
    /// State: running.
    Running = "state.running",
    /// State: starting.
    Starting = "state.starting",
    /// State: waiting.
    Waiting = "state.waiting" mono DIM,
    /// State: created.
    Created = "state.created" mono DIM,
    /// State: missing.
    Missing = "state.missing" mono DIM,
    /// State: stopped.
    Stopped = "state.stopped" mono DIM,
    /// State: done.
    Done = "state.done",
    /// State: exited.
    Exited = "state.exited" mono BOLD,
    /// State: failed.
    Failed = "state.failed" mono BOLD,
    /// State: unhealthy.
    Unhealthy = "state.unhealthy" mono BOLD,
    /// State: restarting.
    Restarting = "state.restarting" mono BOLD,
    /// State: paused.
    Paused = "state.paused",
    /// State: unknown.
    Unknown = "state.unknown" mono DIM,
    /// An arrow whose condition isn't satisfied yet.
    EdgePending = "edge.pending" mono DIM,
    /// An arrow whose condition is satisfied.
    EdgeSatisfied = "edge.satisfied",
    /// An arrow whose condition can't be satisfied.
    EdgeHopeless = "edge.hopeless" mono BOLD,
    /// A probe that passed.
    ProbePassed = "probe.passed",
    /// A probe that failed.
    ProbeFailed = "probe.failed" mono BOLD,
    /// A bar of the past load.
    Spark = "spark",
    /// A time before a log line.
    LogTime = "log.time" mono DIM,
    /// A log line that tells of an error.
    LogError = "log.error" mono BOLD,
    /// A log line that warns.
    LogWarning = "log.warning",
    /// An event of the engine within the logs.
    LogEvent = "log.event" mono ITALIC,
    /// What a search found.
    LogMatch = "log.match" mono REVERSED,
    /// Lines that were lost.
    LogLost = "log.lost" mono BOLD,
    /// The first colour that tells services apart.
    Series1 = "series.1",
    /// The second.
    Series2 = "series.2",
    /// The third.
    Series3 = "series.3",
    /// The fourth.
    Series4 = "series.4",
    /// The fifth.
    Series5 = "series.5",
    /// The sixth.
    Series6 = "series.6",
    /// The seventh.
    Series7 = "series.7",
    /// The eighth.
    Series8 = "series.8",
    /// Black of a log's own colours.
    Black = "ansi.black",
    /// Red of a log's own colours.
    Red = "ansi.red",
    /// Green of a log's own colours.
    Green = "ansi.green",
    /// Yellow of a log's own colours.
    Yellow = "ansi.yellow",
    /// Blue of a log's own colours.
    Blue = "ansi.blue",
    /// Magenta of a log's own colours.
    Magenta = "ansi.magenta",
    /// Cyan of a log's own colours.
    Cyan = "ansi.cyan",
    /// White of a log's own colours.
    White = "ansi.white",
}

impl Role {
    const SERIES: [Role; 8] = [
        Role::Series1,
        Role::Series2,
        Role::Series3,
        Role::Series4,
        Role::Series5,
        Role::Series6,
        Role::Series7,
        Role::Series8,
    ];

    /// The colour of a service: the same for the same name, here and tomorrow.
    pub fn of_name(name: &str) -> Self {
        // FNV-1a; the standard hasher doesn't promise to stay the same.
        let hash =
            name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
        Self::series(usize::try_from((hash >> 32) % 8).unwrap_or(0))
    }

    /// The nth colour that tells things apart, over and over.
    pub fn series(n: usize) -> Self {
        Self::SERIES.get(n % 8).copied().unwrap_or_default()
    }
}
