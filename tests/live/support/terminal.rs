//! A terminal with the program in it: keys in, the screen as a person sees it out, and the modes it is left in.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{Read, Write},
    num::NonZero,
    path::Path,
    process::Command,
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use stackview::app::{Code, Key};

use super::{PATIENCE, Project, program};

/// The terminal.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keyboard: Box<dyn Write + Send>,
    shared: Arc<(Mutex<Shown>, Condvar)>,
    before: String,
}

/// What came out of the program.
struct Shown {
    parser: vt100::Parser,
    raw: Vec<u8>,
    closed: bool,
    /// Nothing is read for the time being.
    held: bool,
}

/// What a program can leave switched on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modes {
    /// Private modes that were ever set or reset, by number, as they are now.
    private: BTreeMap<u16, bool>,
    /// Keyboard flags pushed and not popped (kitty's protocol).
    pushed: i32,
    /// The line discipline (echo, line mode, signals) is as it was before the program.
    line_as_before: bool,
}

impl Modes {
    /// Whether a shell would find the terminal as it left it.
    pub fn are_restored(&self) -> bool {
        const CURSOR: u16 = 25;
        let private = self.private.iter().all(|(mode, on)| if *mode == CURSOR { *on } else { !*on });
        private && self.pushed <= 0 && self.line_as_before
    }

    /// Whether the program has the terminal to itself: alternate screen and no echo.
    pub fn are_taken(&self) -> bool {
        self.private.get(&1049) == Some(&true) && !self.line_as_before
    }
}

impl Terminal {
    /// The program in the project's folder, on a terminal of `columns` × `rows`.
    pub fn open(project: &Project, arguments: &[&str], (columns, rows): (u16, u16)) -> Self {
        Self::with(project, arguments, (columns, rows), &[])
    }

    /// The same, with variables added to its environment.
    pub fn with(project: &Project, arguments: &[&str], size: (u16, u16), variables: &[(&str, &str)]) -> Self {
        let mut command = project.stackview(arguments);
        command.envs(variables.iter().copied());
        Self::run(&command, size)
    }

    /// The program in a folder, with nothing in its environment about an engine, and its own files in `home`.
    pub fn program(dir: &Path, home: &Path, arguments: &[&str], size: (u16, u16)) -> Self {
        Self::run(&program::stackview(arguments, dir, home), size)
    }

    /// An interactive shell with job control, which finds `stackview` on its path.
    pub fn shell(project: &Project, size: (u16, u16)) -> Self {
        let stackview = project.stackview(&[]);
        let mut command = program::on(program::command("bash", project.dir(), project.dir()), &project.engine.host);
        command.args(["--norc", "--noprofile", "--noediting", "-i"]).env("PS1", "shell> ");
        let programs = Path::new(stackview.get_program()).parent().unwrap().display();
        command.env("PATH", format!("{programs}:{}", std::env::var("PATH").unwrap_or_default()));
        Self::run(&command, size)
    }

    /// A command in it.
    pub fn of(command: &Command, size: (u16, u16)) -> Self {
        Self::run(command, size)
    }

    fn run(command: &Command, (columns, rows): (u16, u16)) -> Self {
        let pair = native_pty_system().openpty(size(columns, rows)).unwrap();
        let mut builder = CommandBuilder::new(command.get_program());
        builder.args(command.get_args());
        builder.cwd(command.get_current_dir().expect("a command of the tests has a folder"));
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => builder.env(name, value),
                None => builder.env_remove(name),
            }
        }
        builder.env("TERM", "xterm-256color");
        let before = line_discipline(&*pair.master);
        let child = pair.slave.spawn_command(builder).unwrap();
        drop(pair.slave);
        let shown = Shown {
            parser: vt100::Parser::new(cells(rows), cells(columns), 0),
            raw: Vec::new(),
            closed: false,
            held: false,
        };
        let shared = Arc::new((Mutex::new(shown), Condvar::new()));
        let reader = pair.master.try_clone_reader().unwrap();
        thread::spawn({
            let shared = Arc::clone(&shared);
            move || read(reader, &shared)
        });
        let keyboard = pair.master.take_writer().unwrap();
        Self { child, master: pair.master, keyboard, shared, before }
    }

    /// Presses keys: text as it is, control keys as the bytes a terminal sends for them.
    pub fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    /// Presses keys one after the other, with a pause after each: so they come over a slow line, which is none of the
    /// program's doing.
    pub fn press_in_pieces(&mut self, pieces: &[&[u8]], pause: Duration) {
        for piece in pieces {
            self.keyboard.write_all(piece).unwrap();
            self.keyboard.flush().unwrap();
            thread::sleep(pause);
        }
    }

    /// Reads nothing from now on, as a terminal that hangs; or goes on.
    pub fn hold(&self, held: bool) {
        self.shared.0.lock().unwrap().held = held;
        self.shared.1.notify_all();
    }

    /// Waits until the process has ended, though nobody reads what it writes; whether it did in this time.
    pub fn ends_within(&mut self, time: Duration) -> bool {
        let end = Instant::now() + time;
        while Instant::now() < end {
            if self.child.try_wait().unwrap().is_some() {
                return true;
            }
            thread::sleep(Duration::from_millis(20));
        }
        false
    }

    /// Answers a plan, as a person does who has read it: a plan takes no answer in its first 300 ms.
    pub fn answer(&mut self, keys: &str) {
        self.pause();
        self.press(keys);
    }

    /// Lets so much time pass as a plan is not answered in, and some more for a busy machine.
    pub fn pause(&self) {
        thread::park_timeout(Duration::from_millis(600));
    }

    /// Waits until the screen is as wanted; fails with the last screen when it doesn't get so.
    pub fn wait_for(&self, wanted: &str, is: impl Fn(&str) -> bool) -> String {
        self.wait(wanted, |shown| {
            let text = shown.parser.screen().contents();
            is(&text).then_some(text)
        })
    }

    /// Waits until a line of the screen has all of these words.
    pub fn wait_for_line(&self, words: &[&str]) -> String {
        self.wait_for(&format!("a line with {words:?}"), |screen| has_line(screen, words))
    }

    /// Waits until the modes are as wanted.
    pub fn wait_for_modes(&self, wanted: &str, is: impl Fn(&Modes) -> bool) {
        self.wait(wanted, |shown| is(&self.modes_of(shown)).then_some(()));
    }

    fn wait<T>(&self, wanted: &str, is: impl Fn(&Shown) -> Option<T>) -> T {
        let (lock, changed) = &*self.shared;
        let mut shown = lock.lock().unwrap();
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = is(&shown) {
                return found;
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || shown.closed {
                let how = if shown.closed { "the program ended" } else { "the time is up" };
                let (modes, last) = (self.modes_of(&shown), frame(&shown.parser));
                // Not while it is locked, which would bring the reader down too.
                drop(shown);
                panic!("waited for {wanted}: {how}; {modes:?}; the last screen:\n{last}");
            }
            // Modes of the line discipline change without a byte on the wire: looks again now and then.
            shown = changed.wait_timeout(shown, left.min(Duration::from_millis(50))).unwrap().0;
        }
    }

    /// Every byte so far.
    pub fn raw(&self) -> Vec<u8> {
        self.shared.0.lock().unwrap().raw.clone()
    }

    /// The modes as they are now.
    pub fn modes(&self) -> Modes {
        self.modes_of(&self.shared.0.lock().unwrap())
    }

    fn modes_of(&self, shown: &Shown) -> Modes {
        let (private, pushed) = switched(&shown.raw);
        Modes { private, pushed, line_as_before: line_discipline(&*self.master) == self.before }
    }

    /// Changes the window's size.
    pub fn resize(&self, columns: u16, rows: u16) {
        self.shared.0.lock().unwrap().parser.screen_mut().set_size(cells(rows), cells(columns));
        self.master.resize(size(columns, rows)).unwrap();
    }

    /// Tells the program a size that the window hasn't.
    pub fn claim_size(&self, columns: u16, rows: u16) {
        self.master.resize(size(columns, rows)).unwrap();
    }

    /// The process that was started in it.
    pub fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Sends the program a signal.
    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.pid()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// Waits until the program has ended and all it wrote has arrived; its exit code.
    pub fn wait_for_end(&mut self) -> u32 {
        let (lock, changed) = &*self.shared;
        let waited = changed.wait_timeout_while(lock.lock().unwrap(), PATIENCE, |shown| !shown.closed).unwrap();
        let (closed, last) = (waited.0.closed, frame(&waited.0.parser));
        drop(waited);
        assert!(closed, "the program does not end; the last screen:\n{last}");
        self.child.wait().unwrap().exit_code()
    }

    /// The program that has the terminal at the moment, as the shell's job.
    pub fn job(&self) -> Pid {
        Pid::from_raw(self.master.process_group_leader().unwrap()).unwrap()
    }

    /// Closes the window over a running job: the kernel hangs the terminal up when its shell is no more, as it
    /// does when a terminal emulator goes.
    pub fn close(mut self) {
        self.signal(Signal::KILL);
        self.child.wait().unwrap();
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A failed test must not leave its program behind. Where it has ended there is nothing to kill.
        if let Ok(None) = self.child.try_wait() {
            let _gone = self.child.kill();
        }
    }
}

/// A key as a terminal sends it.
pub fn bytes(key: Key) -> String {
    let plain = match key.code {
        Code::Char(c @ 'a'..='z') if key.ctrl => char::from(u8::try_from(c).unwrap() & 0x1f).to_string(),
        Code::Char(c) => c.to_string(),
        Code::Enter => "\r".into(),
        Code::Esc => "\x1b\x1b".into(),
        Code::Tab => "\t".into(),
        Code::BackTab => "\x1b[Z".into(),
        Code::Backspace => "\x7f".into(),
        Code::Delete => "\x1b[3~".into(),
        Code::Up => "\x1b[A".into(),
        Code::Down => "\x1b[B".into(),
        Code::Right => "\x1b[C".into(),
        Code::Left => "\x1b[D".into(),
        Code::PageUp => "\x1b[5~".into(),
        Code::PageDown => "\x1b[6~".into(),
        Code::Home => "\x1b[H".into(),
        Code::End => "\x1b[F".into(),
        Code::F(5) => "\x1b[15~".into(),
        Code::F(n) => panic!("F{n} isn't any action's"),
    };
    if key.alt { format!("\x1b{plain}") } else { plain }
}

/// Whether one line of the screen has all of these words.
pub fn has_line(screen: &str, words: &[&str]) -> bool {
    screen.lines().any(|line| words.iter().all(|word| line.contains(word)))
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).expect("a terminal has cells")
}

fn read(mut reader: Box<dyn Read + Send>, shared: &(Mutex<Shown>, Condvar)) {
    let mut buffer = vec![0; 64 << 10];
    loop {
        drop(shared.1.wait_while(shared.0.lock().unwrap(), |shown| shown.held).unwrap());
        let count = reader.read(&mut buffer).unwrap_or(0);
        let mut shown = shared.0.lock().unwrap();
        shown.parser.process(&buffer[..count]);
        shown.raw.extend_from_slice(&buffer[..count]);
        shown.closed = count == 0;
        shared.1.notify_all();
        if count == 0 {
            break;
        }
    }
}

/// The flags of the line discipline in comparable form.
fn line_discipline(master: &(dyn MasterPty + Send)) -> String {
    let Some(modes) = master.get_termios() else { return String::new() };
    let (input, output) = (modes.input_flags, modes.output_flags);
    format!("{input:?} {output:?} {:?} {:?}", modes.control_flags, modes.local_flags)
}

/// Private modes (`ESC [ ? n h` and `l`) and the depth of keyboard flags (`ESC [ > n u`, `ESC [ < u`) in a stream.
fn switched(raw: &[u8]) -> (BTreeMap<u16, bool>, i32) {
    let (mut private, mut pushed) = (BTreeMap::new(), 0);
    for sequence in raw.split(|&b| b == 0x1b).filter_map(|s| s.strip_prefix(b"[")) {
        let length = sequence.iter().take_while(|b| matches!(b, b'0'..=b'9' | b';' | b'?' | b'>' | b'<')).count();
        let (parameters, rest) = sequence.split_at(length);
        match (parameters.first(), rest.first()) {
            (Some(b'?'), Some(end @ (b'h' | b'l'))) => {
                let numbers = std::str::from_utf8(&parameters[1..]).unwrap_or_default().split(';');
                private.extend(numbers.filter_map(|n| n.parse::<u16>().ok()).map(|n| (n, *end == b'h')));
            }
            (Some(b'>'), Some(b'u')) => pushed += 1,
            (Some(b'<'), Some(b'u')) => pushed -= 1,
            _ => {}
        }
    }
    (private, pushed)
}

fn frame(parser: &vt100::Parser) -> String {
    let screen = parser.screen();
    let columns = screen.size().1.get();
    let mut framed = String::new();
    for row in screen.rows(0, columns) {
        writeln!(framed, "│{row}").unwrap();
    }
    framed
}

#[test]
fn modes_are_read_off_the_stream() {
    let (private, pushed) = switched(b"\x1b[?1049h\x1b[?1000;1006hx\x1b[31m\x1b[>1u\x1b[?25l\x1b[?1049l");
    assert_eq!(private, BTreeMap::from([(25, false), (1000, true), (1006, true), (1049, false)]));
    assert_eq!(pushed, 1);
    let modes = |raw: &[u8]| Modes { private: switched(raw).0, pushed: switched(raw).1, line_as_before: true };
    assert!(modes(b"\x1b[?1049h\x1b[?25l\x1b[?1049l\x1b[?25h").are_restored());
    assert!(!modes(b"\x1b[?1049h\x1b[?25l\x1b[?1049l").are_restored(), "the cursor is still hidden");
    assert!(!modes(b"\x1b[?2004h").are_restored());
}
