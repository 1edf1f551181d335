//! What programs say when something is wrong, as one table: a phrase and the patterns that it is known by.
//!
//! A log's end is looked at once for all patterns together; a rule then asks for the phrase it knows. Patterns
//! are kept narrow: they come from what real programs wrote. Names that they capture: `host`, `port`, `path`,
//! `user`, `program`, `thing`.

use std::sync::{LazyLock, OnceLock};

use regex::{Captures, Regex, RegexSet};

use super::finding::{Evidence, Kind};
use crate::base::time::Stamp;

macro_rules! phrases {
    ($($(#[doc = $doc:literal])* $name:ident: [$($pattern:literal),+ $(,)?],)*) => {
        /// Something that a program says.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Phrase { $($(#[doc = $doc])* $name,)* }

        /// Every phrase with its patterns.
        const TABLE: &[(Phrase, &[&str])] = &[$((Phrase::$name, &[$($pattern),+]),)*];
    };
}

phrases! {
    /// Somebody refused a connection, at a host and a port where they are told.
    ConnectionRefused: [
        r#"connection to server at "(?P<host>[^"]+)"(?: \([^)]*\))?, port (?P<port>\d+) failed: Connection refused"#,
        r"(?i)connect ECONNREFUSED (?P<host>\S+?):(?P<port>\d+)(?:[^\d:]|$)",
        r"(?i)dial tcp (?:lookup )?\[?(?P<host>[^\s\]]+?)\]?:(?P<port>\d+): connect(?:ex)?: connection refused",
        r"(?i)failed to connect to (?P<host>\S+) port (?P<port>\d+)",
        r"(?i)error (?:99|111) connecting to (?P<host>[\w.-]+):(?P<port>\d+)",
        r"(?i)can't connect to (?:local )?(?:mysql|mariadb)?(?: server)?(?: on)? ?'(?P<host>[\w.-]+)(?::(?P<port>\d+))?'",
        r"(?i)connection to (?P<host>[\w.-]+):(?P<port>\d+) refused",
        r"host='(?P<host>[\w.-]+)', port=(?P<port>\d+).*Connection refused",
        r"(?P<host>[\w.-]+):(?P<port>\d+): \[Errno 111\] Connection refused",
        r"can't connect to remote host:? \(?(?P<host>[\w.]+)\)?:? Connection refused",
        r"(?i)connection refused|ECONNREFUSED|could not connect to server",
    ],
    /// A name that nobody knows.
    UnknownHost: [
        r#"could not translate host name "(?P<host>[^"]+)" to address"#,
        r"getaddrinfo (?:ENOTFOUND|EAI_AGAIN) (?P<host>\S+)",
        r#"host not found in upstream "(?P<host>[^":]+)"#,
        r"dial tcp: lookup (?P<host>\S+?)(?: on \S+)?: (?:no such host|server misbehaving|Temporary failure)",
        r"(?i)could not resolve host:? '?(?P<host>[\w.-]+)",
        r"(?i)UnknownHostException:? (?P<host>[\w.-]+)",
        r"Error -[235] connecting to (?P<host>[\w.-]+):\d+\.",
        r"(?:bad address|Unknown MySQL server host|Failed to resolve) '(?P<host>[\w.-]+)",
        r"(?i)name or service not known|temporary failure in name resolution|nodename nor servname",
    ],
    /// A user or password that isn't accepted.
    Refused: [
        r#"password authentication failed for user "(?P<user>[^"]+)""#,
        r"Access denied for user '(?P<user>[^']+)'",
        r"WRONGPASS|NOAUTH Authentication required|invalid username-password pair|AuthenticationError: Authentication required",
        r"(?i)SASL authentication failed|authentication failed\b|MongoServerError: Authentication failed",
        r"ACCESS_REFUSED|SignatureDoesNotMatch|InvalidAccessKeyId",
    ],
    /// A proxy that doesn't get through to an address that it looked up before.
    UpstreamUnreachable: [
        r#"connect\(\) failed \((?:111|113|110).*while connecting to upstream.*upstream: "\w+://(?P<host>[\d.]+):(?P<port>\d+)"#,
        r#"upstream timed out .*while connecting to upstream.*upstream: "\w+://(?P<host>[\d.]+):(?P<port>\d+)"#,
    ],
    /// A URL that its reader doesn't understand.
    UrlBroken: [
        r#"invalid integer value "[^"]*" for connection option "port""#,
        r"(?i)port could not be cast to integer|invalid dsn|ERR_INVALID_URL|Invalid URL\b|invalid port number",
        r"(?i)could not parse .*(?:url|dsn|connection string)|parse \S*postgres\S*: ",
    ],
    /// A database that finds data of an earlier start, and leaves its settings and scripts aside.
    InitSkipped: [
        r"appears to contain a database; Skipping initialization",
    ],
    /// A table, database or user that a database doesn't have.
    NotInDatabase: [
        r#"(?:relation|database|role|schema) "(?P<thing>[^"]+)" does not exist"#,
        r"Table '(?P<thing>[^']+)' doesn't exist",
        r"Unknown database '(?P<thing>[^']+)'",
    ],
    /// Data that another version of the program wrote.
    OtherVersion: [
        r"data directory was initialized by PostgreSQL version (?P<old>[\d.]+), which is not compatible with this version (?P<new>[\d.]+)",
        r"database files are incompatible with server",
        r"Cannot (?:up|down)grade from (?:server version )?(?P<old>\d+) to (?P<new>\d+)",
        r"Invalid MySQL server (?:down|up)grade",
        r"(?i)Can't handle RDB format version (?P<old>\d+)",
        r"featureCompatibilityVersion.*(?:UPGRADE|invalid|Invalid)|Invalid feature compatibility version",
    ],
    /// An error of a script, whatever its code says.
    LooksFailed: [
        r"^mc: <ERROR> ",
        r"^(?:\S+: )?(?:ERROR|FATAL|Error|fatal)(?::| -| \d)",
        r"^Traceback \(most recent call last\)",
    ],
    /// A program that isn't there, said by a shell.
    ProgramMissing: [
        r#"exec: "(?P<program>[^"]+)": (?:executable file not found|stat [^:]+: no such file)"#,
        r"(?:^|: )(?:line )?\d+: (?P<program>[\w./-]+): (?:command )?not found",
        r"(?:^|: )(?P<program>[\w./-]+): command not found",
        r"env: ['‘]?(?P<program>[\w./-]+)['’]?: No such file or directory",
    ],
    /// A module that a program is made of and doesn't find.
    ModuleMissing: [
        r"Cannot find (?:module|package) '(?P<thing>[^/.'][^']*)'",
        r"No module named '?(?P<thing>[\w.]+)",
        r"cannot load such file -- (?P<thing>\S+)",
        r#"Class "(?P<thing>[^"]+)" not found"#,
        r"Could not find (?P<thing>\S+) in (?:any of the sources|locally installed gems)",
    ],
    /// A file that isn't there.
    FileMissing: [
        r"can't open file '(?P<path>[^']+)': \[Errno 2\]",
        r"Cannot find module '(?P<path>/[^']+)'",
        r"No such file or directory: '(?P<path>[^']+)'",
        r"ENOENT: no such file or directory, \w+ '(?P<path>[^']+)'",
        r"open (?P<path>/\S+): no such file or directory",
        r"(?i)unable to access jarfile (?P<path>\S+)",
    ],
    /// The file system says that this user may not.
    PermissionDenied: [
        r"open (?P<path>/\S+): permission denied",
        r"\[Errno 13\] Permission denied: '(?P<path>[^']+)'",
        r"EACCES: permission denied, \w+ '(?P<path>[^']+)'",
        r"(?:^|: )(?:line )?\d+: (?P<path>/[\w./-]+): [Pp]ermission denied",
        r"(?:can't open|cannot open|could not open|cannot create|mkdir|mkdir:|chown:|touch:).*?'?(?P<path>/[\w./-]+)'?:? [Pp]ermission denied",
        r"(?i)permission denied",
    ],
    /// The kernel says that nobody may, whoever owns it.
    NotPermitted: [
        r"(?i)operation not permitted",
        r"bind\(\) to \S+ failed \(13: Permission denied\)|bind: permission denied",
    ],
    /// A file system that is read-only.
    ReadOnly: [
        r"\[Errno 30\] Read-only file system: '(?P<path>[^']+)'",
        r"EROFS: read-only file system, \w+ '(?P<path>[^']+)'",
        r"(?P<path>/[\w./-]+)'?: [Rr]ead-only file system",
        r"(?i)read-only file system",
        // Python tries a few folders, and tells of none why.
        r"No usable temporary directory found in \['(?P<path>/[^']+)'",
    ],
    /// The kernel watches no more files for changes. It says so with the error of a full disk.
    NoWatches: [
        r"(?i)ENOSPC.*(?:watch|inotify)|(?:watch|inotify).*(?:no space left on device|ENOSPC)",
        r"(?i)file watchers reached|inotify (?:watch|instances?) limit|limit on the number of inotify|user limit on inotify|inotify_add_watch|inotify_init.*too many open files",
        r"(?i)too many open files.*(?:inotify|watch)|(?:inotify|fsnotify|file watcher).*too many open files",
    ],
    /// A disk that is full.
    NoSpace: [
        r#"could not (?:write to|extend) file "(?P<path>[^"]+)".*No space left"#,
        r"(?:write error|cannot (?:create|write)|writing|No space left on device:?) '?(?P<path>/[\w./-]+)'?:? (?i:no space left)",
        r"\[Errno 28\] No space left on device: '(?P<path>[^']+)'",
        r"(?i)no space left on device|ENOSPC|disk quota exceeded",
    ],
    /// A server has as many clients as it takes.
    TooManyClients: [
        r"(?i)sorry, too many clients already|remaining connection slots are reserved",
        r"(?i)(?:ERROR \d+.*|^|\W)too many connections\b|max number of clients reached",
        r"(?i)too many (?:open )?(?:clients|connections) (?:already|for)",
    ],
    /// A store that takes no writes at present.
    WritesRefused: [
        r"MISCONF Redis is configured to save",
        r"READONLY You can't write against a read only",
        r"OOM command not allowed when used memory",
        r"cluster_block_exception|index read-only / allow delete",
    ],
    /// A certificate that isn't trusted, or a TLS that isn't agreed on.
    Certificate: [
        r"(?i)x509: certificate [^:]*(?:signed by unknown|expired|is valid for|is not valid)|CERTIFICATE_VERIFY_FAILED",
        r"(?i)self[- ]signed certificate|unable to (?:get local|verify).*certificate|certificate has expired|PKIX path building failed",
        r"(?i)SSL routines:.*wrong version number|tls: first record does not look like a TLS handshake",
    ],
    /// A pool of connections that has none free.
    PoolEmpty: [
        r"QueuePool limit of size \d+ overflow -?\d+ reached",
        r"(?i)connection is not available, request timed out|timeout acquiring a connection|unable to acquire connection",
        r"(?i)timeout exceeded when trying to connect|timed out fetching a new connection from the connection pool",
        r"(?i)could not obtain a (?:database )?connection within|connection pool (?:is )?(?:exhausted|full|timed out)",
    ],
    /// Nobody answered in time.
    TimedOut: [
        r"dial tcp \[?(?P<host>[^\s\]]+?)\]?:(?P<port>\d+): (?:i/o timeout|connect: connection timed out)",
        r"(?i)connect ETIMEDOUT (?P<host>\S+?):(?P<port>\d+)",
        r"(?i)connection (?:to \S+ )?timed out|connect timed out|ConnectTimeout",
    ],
    /// A setting of the host's kernel that is too low for the program.
    KernelSetting: [
        r"(?P<thing>vm\.max_map_count) \[?\d+\]? (?:is|likely) too low,? (?:increase to at least )?\[?(?P<value>\d+)\]?",
        r"(?P<thing>fs\.aio-max-nr|net\.core\.rmem_max|kernel\.shmmax)\b.*(?:too (?:low|small)|increase|exceed)",
        r"(?i)setting (?P<thing>fs\.nr_open|net\.ipv4\.[\w.]+) .*(?:failed|too low)",
    ],
    /// A variable or setting that the program misses.
    SettingMissing: [
        r"superuser password is not specified",
        r"(?i:(?:environment )?variable) '?\x60?(?P<thing>[A-Z][A-Z0-9_]+)'?\x60? (?i:(?:is )?(?:not set|not defined|required|must be set|missing))",
        r"(?P<thing>[A-Z][A-Z0-9_]{2,}) (?i:is required|must be set|is not set|environment variable is missing|not specified)",
        r"KeyError: '(?P<thing>[A-Z][A-Z0-9_]+)'",
        r#"(?i:key not found: |variable not found: |environment variable:? |env var(?:iable)?:? |could not fetch environment variable |resolve placeholder |required key )["'\x60]?(?P<thing>[A-Z][A-Z0-9_]{2,})["'\x60]?"#,
        r"(?P<thing>[A-Z][A-Z0-9_]{2,}): (?:unbound variable|parameter (?:null or )?not set)",
        r"(?P<thing>[A-Z][A-Z0-9_]{2,}) (?:not found\. Declare it as envvar|environment variable (?:is )?(?:not (?:set|defined)|required|missing|must))",
        r"(?:[Ss]et|[Dd]efine|[Pp]rovide|[Ss]pecify|[Mm]issing) (?:the |a |your )?(?P<thing>[A-Z][A-Z0-9_]{2,}) (?:environment variable|env var)",
        r"not provided:.*\[env: (?P<thing>[A-Z][A-Z0-9_]+)=?\]",
        r"(?i)missing required (?:env|environment|config)",
        r"(?i)\b[a-z][a-z0-9_]{2,} (?:must be set|environment variable is missing|not specified)",
        r"Database is uninitialized and password option is not specified",
    ],
    /// A program that the kernel can't run, said by runc.
    ExecFailed: [
        r"^exec (?P<path>/\S+): (?P<thing>no such file or directory|exec format error|permission denied)",
        r#"standard_init_linux\.go:\d+: exec user process caused[: ]+\"?(?P<thing>no such file or directory|exec format error|permission denied)"#,
        r"exec (?P<path>/\S+)?:? ?(?P<thing>exec format error)",
    ],
    /// A port that somebody has already, inside the container.
    AddressInUse: [
        r"(?i)address already in use|EADDRINUSE",
    ],
    /// It listens, and where.
    ListensOn: [
        r"(?i)listening (?:on|at):? ?(?:https?://)?(?P<host>\[[0-9a-f:]+\]|[\w.*-]+)?:(?P<port>\d{2,5})\b",
        r#"listening on IPv[46] address "(?P<host>[^"]+)", port (?P<port>\d+)"#,
        r"(?i)(?:listening|started|running|serving|ready).*?\bport:? ?=?(?P<port>\d{2,5})\b",
        r"(?i)(?:running on|uvicorn running on|server running at|available at|started server on)\s+(?:https?://)?(?P<host>\[[0-9a-f:]+\]|[\w.]+):(?P<port>\d{2,5})",
        r"Serving HTTP on (?P<host>\S+) port (?P<port>\d+)",
    ],
    /// A segmentation fault, said by a shell or a runtime.
    Segfault: [
        r"(?i)segmentation fault|SIGSEGV",
    ],
    /// Memory that ran out, said by the program itself.
    HeapFull: [
        r"JavaScript heap out of memory",
        r"java\.lang\.OutOfMemoryError",
        r"(?i)cannot allocate memory|MemoryError|std::bad_alloc",
    ],
    /// No more processes or threads.
    NoProcesses: [
        r"(?i)resource temporarily unavailable|can't start new thread|unable to create new native thread|cannot fork|fork: retry",
    ],
}

/// Every pattern in one list, with the phrase it belongs to.
struct Patterns {
    set: RegexSet,
    single: Vec<Pattern>,
}

/// One pattern. It is compiled when something matched it in the list: together they take some megabytes, and few of them
/// ever speak.
struct Pattern {
    phrase: Phrase,
    text: &'static str,
    compiled: OnceLock<Regex>,
}

impl Pattern {
    #[expect(clippy::expect_used, reason = "the patterns are constants, and a test compiles them")]
    fn regex(&self) -> &Regex {
        self.compiled.get_or_init(|| Regex::new(self.text).expect("a pattern of the table"))
    }
}

impl Patterns {
    fn get(&self, hit: usize, phrase: Phrase) -> Option<&Regex> {
        self.single.get(hit).filter(|pattern| pattern.phrase == phrase).map(Pattern::regex)
    }
}

#[expect(clippy::expect_used, reason = "the patterns are constants, and a test compiles them")]
static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let all = || TABLE.iter().flat_map(|(phrase, patterns)| patterns.iter().map(|p| (*phrase, *p)));
    let multi = all().map(|(_, p)| format!("(?m){p}"));
    Patterns {
        set: regex::RegexSetBuilder::new(multi).dfa_size_limit(8 << 20).build().expect("a pattern of the table"),
        single: all().map(|(phrase, text)| Pattern { phrase, text, compiled: OnceLock::new() }).collect(),
    }
});

/// A line of a log, made plain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidLine {
    /// When, by the engine.
    pub at: Stamp,
    /// Without escape sequences.
    pub text: String,
    /// The container that wrote it.
    pub container: String,
}

impl SaidLine {
    /// It, as evidence.
    pub fn evidence(&self) -> Evidence {
        Evidence::new(Kind::Log, &self.text, format!("log of {}", self.container))
    }
}

/// Lines, and what they say.
#[derive(Debug, Default)]
pub struct Heard {
    /// The lines, oldest first.
    pub lines: Vec<SaidLine>,
    /// The patterns that match somewhere, by their place in the table.
    hits: Vec<usize>,
}

impl Heard {
    /// Listens to lines.
    pub fn new(lines: Vec<SaidLine>) -> Self {
        if lines.is_empty() {
            return Self::default();
        }
        let mut text = String::with_capacity(lines.iter().map(|l| l.text.len() + 1).sum::<usize>());
        for line in &lines {
            text.push_str(&line.text);
            text.push('\n');
        }
        let hits = PATTERNS.set.matches(&text).iter().collect();
        Self { lines, hits }
    }

    /// All lines that say this, oldest first.
    pub fn all(&self, phrase: Phrase) -> impl Iterator<Item = &SaidLine> {
        let patterns: Vec<&Regex> = self.hits.iter().filter_map(|hit| PATTERNS.get(*hit, phrase)).collect();
        self.lines.iter().filter(move |line| patterns.iter().any(|pattern| pattern.is_match(&line.text)))
    }

    /// The newest line that says this. Of several patterns the first of the table that matches any line tells most.
    pub fn said(&self, phrase: Phrase) -> Option<Said<'_>> {
        self.hits.iter().find_map(|hit| {
            let pattern = PATTERNS.get(*hit, phrase)?;
            self.lines.iter().rev().find_map(|line| {
                let found = pattern.captures(&line.text)?;
                Some(Said { line, found })
            })
        })
    }
}

/// A line that says something known.
#[derive(Debug)]
pub struct Said<'a> {
    /// The line.
    pub line: &'a SaidLine,
    found: Captures<'a>,
}

impl<'a> Said<'a> {
    /// What the pattern captured under a name.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.found.name(name).map(|m| m.as_str())
    }

    /// The port that it names.
    pub fn port(&self) -> Option<u16> {
        self.get("port")?.parse().ok()
    }

    /// The line as evidence.
    pub fn evidence(&self) -> Evidence {
        self.line.evidence()
    }
}

/// What a text other than a log says, a probe's output say: what was captured, by name.
pub fn says(text: &str, phrase: Phrase) -> Option<Captures<'_>> {
    PATTERNS.single.iter().filter(|pattern| pattern.phrase == phrase).find_map(|p| p.regex().captures(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Case = (Phrase, &'static str, &'static [(&'static str, &'static str)]);

    fn heard(lines: &[&str]) -> Heard {
        let line = |text: &&str| SaidLine { at: Default::default(), text: (*text).into(), container: "c".into() };
        Heard::new(lines.iter().map(line).collect())
    }

    #[test]
    fn every_pattern_compiles() {
        assert!(PATTERNS.single.iter().all(|pattern| pattern.regex().as_str() == pattern.text));
    }

    #[test]
    fn what_real_programs_wrote_is_understood() {
        let cases: [Case; 30] = [
            (Phrase::ConnectionRefused, "Error: connect ECONNREFUSED ::1:5432", &[("host", "::1"), ("port", "5432")]),
            (
                Phrase::OtherVersion,
                "DETAIL:  The data directory was initialized by PostgreSQL version 14, which is not compatible with this version 15.8.",
                &[("old", "14")],
            ),
            (
                Phrase::NotInDatabase,
                "psycopg2.errors.UndefinedTable: relation \"users\" does not exist",
                &[("thing", "users")],
            ),
            (
                Phrase::ConnectionRefused,
                "psycopg2.OperationalError: connection to server at \"db\" (192.168.176.2), port 5432 failed: Connection refused",
                &[("host", "db"), ("port", "5432")],
            ),
            (
                Phrase::ConnectionRefused,
                "Error: connect ECONNREFUSED 127.0.0.1:6379",
                &[("host", "127.0.0.1"), ("port", "6379")],
            ),
            (
                Phrase::UnknownHost,
                "psycopg2.OperationalError: could not translate host name \"dbb\" to address: Name or service not known",
                &[("host", "dbb")],
            ),
            (Phrase::UnknownHost, "getaddrinfo ENOTFOUND app", &[("host", "app")]),
            (
                Phrase::PoolEmpty,
                "sqlalchemy.exc.TimeoutError: QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00",
                &[],
            ),
            (Phrase::PoolEmpty, "HikariPool-1 - Connection is not available, request timed out after 30000ms.", &[]),
            (
                Phrase::UnknownHost,
                "2026/11/21 [emerg] 1#1: host not found in upstream \"backend\" in /etc/nginx/conf.d/default.conf:1",
                &[("host", "backend")],
            ),
            (Phrase::Refused, "FATAL:  password authentication failed for user \"app\"", &[("user", "app")]),
            (Phrase::ProgramMissing, "/bin/sh: 1: curl: not found", &[("program", "curl")]),
            (
                Phrase::FileMissing,
                "python3: can't open file '/app/main.py': [Errno 2] No such file or directory",
                &[("path", "/app/main.py")],
            ),
            (
                Phrase::PermissionDenied,
                "Error: reading config file: open /etc/caddy/Caddyfile: permission denied",
                &[("path", "/etc/caddy/Caddyfile")],
            ),
            (Phrase::ReadOnly, "OSError: [Errno 30] Read-only file system: '/app/cache'", &[("path", "/app/cache")]),
            (
                Phrase::NoSpace,
                "FATAL:  could not write to file \"pg_wal/xlogtemp.23\": No space left on device",
                &[("path", "pg_wal/xlogtemp.23")],
            ),
            (
                Phrase::ConnectionRefused,
                "redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379. Connection refused.",
                &[("host", "localhost"), ("port", "6379")],
            ),
            (
                Phrase::ConnectionRefused,
                "pymysql.err.OperationalError: (2003, \"Can't connect to MySQL server on 'db' ([Errno 111] Connection refused)\")",
                &[("host", "db")],
            ),
            (
                Phrase::ConnectionRefused,
                "org.postgresql.util.PSQLException: Connection to db:5432 refused. Check that the hostname and port are correct",
                &[("host", "db"), ("port", "5432")],
            ),
            (
                Phrase::ConnectionRefused,
                "requests.exceptions.ConnectionError: HTTPConnectionPool(host='api', port=8000): Max retries exceeded with url: / (Caused by NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7f>: Failed to establish a new connection: [Errno 111] Connection refused'))",
                &[("host", "api"), ("port", "8000")],
            ),
            (
                Phrase::ConnectionRefused,
                "pymongo.errors.ServerSelectionTimeoutError: mongo:27017: [Errno 111] Connection refused, Timeout: 30s",
                &[("host", "mongo"), ("port", "27017")],
            ),
            (
                Phrase::ConnectionRefused,
                "wget: can't connect to remote host (172.20.0.2): Connection refused",
                &[("host", "172.20.0.2")],
            ),
            (
                Phrase::ConnectionRefused,
                "psycopg.OperationalError: connection failed: connection to server at \"172.18.0.2\", port 5432 failed: Connection refused",
                &[("host", "172.18.0.2")],
            ),
            (
                Phrase::UnknownHost,
                "redis.exceptions.ConnectionError: Error -2 connecting to cache:6379. Name or service not known.",
                &[("host", "cache")],
            ),
            (Phrase::UnknownHost, "wget: bad address 'ap:8080'", &[("host", "ap")]),
            (Phrase::UnknownHost, "ERROR 2005 (HY000): Unknown MySQL server host 'dbb' (-2)", &[("host", "dbb")]),
            (Phrase::PermissionDenied, "sh: 1: /s/run.sh: Permission denied", &[("path", "/s/run.sh")]),
            (
                Phrase::ReadOnly,
                "FileNotFoundError: [Errno 2] No usable temporary directory found in ['/tmp', '/var/tmp', '/usr/tmp', '/app']",
                &[("path", "/tmp")],
            ),
            (Phrase::ProgramMissing, "bash: line 1: migrate: command not found", &[("program", "migrate")]),
            (Phrase::ListensOn, "ts=2026 level=info app=standin msg=\"listening on :8000\"", &[("port", "8000")]),
        ];
        for (phrase, line, captured) in cases {
            let heard = heard(&["starting", line, "done"]);
            let said = heard.said(phrase).unwrap_or_else(|| panic!("{phrase:?} in {line}"));
            for (name, value) in captured {
                assert_eq!(said.get(name), Some(*value), "{line}");
            }
        }
        assert!(heard(&["all is well", "0 errors"]).hits.is_empty());
    }
}
