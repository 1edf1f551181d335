//! Throws one input after the other, within bounds of time and memory, and tells what shows a finding again.

#![expect(clippy::print_stderr, reason = "a finding is told, and how much was thrown")]

use std::{
    fmt::Debug,
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use rustix::process::{Resource, Rlimit, setrlimit};

use crate::random::Random;

/// What no input may take, on a machine that does other things as well.
const LONGEST: Duration = Duration::from_secs(60);
/// What no input may take at all: the run is ended.
const HANGS: Duration = Duration::from_secs(120);
/// What the whole process may take, in bytes of address space: an input is some kilobytes.
const MEMORY: u64 = 3 << 30;

/// Throws so many inputs, or for as long as `STACKVIEW_FUZZ_SECONDS` says.
///
/// Each is made by a seed of its own: `STACKVIEW_FUZZ_SEED` of a finding makes it the first. What is thrown lies in a
/// file while it is looked at, for whoever ends without a word.
pub fn throw<I: Debug>(name: &'static str, ordinary: u64, make: impl Fn(&mut Random) -> I, mut look: impl FnMut(&I)) {
    let _limited = setrlimit(Resource::As, Rlimit { current: Some(MEMORY), maximum: None });
    let seconds = std::env::var("STACKVIEW_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    let end = seconds.map(|seconds: u64| Instant::now() + Duration::from_secs(seconds));
    let first: u64 = match std::env::var("STACKVIEW_FUZZ_SEED") {
        Ok(seed) => seed.parse().unwrap(),
        Err(_) if end.is_some() => SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() << 24,
        Err(_) => 1,
    };
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{name}"));
    static DONE: [AtomicU64; 3] = [const { AtomicU64::new(0) }; 3];
    let done = &DONE[["compose", "engine", "logs"].iter().position(|known| *known == name).unwrap()];
    watch(name, done, file.clone());
    let (mut slowest, mut thrown) = ((Duration::ZERO, first), 0_u64);
    for number in 0.. {
        if end.map_or(number == ordinary, |end| Instant::now() >= end) {
            break;
        }
        let seed = first.wrapping_add(number);
        let input = make(&mut Random(seed));
        fs::write(&file, format!("seed {seed}\n{input:#?}\n")).unwrap();
        let started = Instant::now();
        let looked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| look(&input)));
        if let Err(panic) = looked {
            eprintln!("--- a finding: STACKVIEW_FUZZ_SEED={seed}; the input is in {} ---", keep(&file, seed).display());
            std::panic::resume_unwind(panic);
        }
        slowest = slowest.max((started.elapsed(), seed));
        done.fetch_add(1, Ordering::Relaxed);
        thrown += 1;
    }
    done.store(u64::MAX, Ordering::Relaxed);
    let _gone = fs::remove_file(&file);
    assert!(slowest.0 < LONGEST, "STACKVIEW_FUZZ_SEED={} took {:?}", slowest.1, slowest.0);
    eprintln!("{name}: {thrown} inputs from seed {first}, the slowest {:?} by seed {}", slowest.0, slowest.1);
}

/// The input under another name, which the next run leaves alone.
fn keep(file: &Path, seed: u64) -> PathBuf {
    let kept = file.with_extension(seed.to_string());
    fs::rename(file, &kept).unwrap();
    kept
}

/// Ends the process where nothing goes on.
fn watch(name: &'static str, done: &'static AtomicU64, file: PathBuf) {
    let look = move || {
        let mut seen = (u64::MAX - 1, Instant::now());
        loop {
            thread::sleep(Duration::from_secs(1));
            match done.load(Ordering::Relaxed) {
                u64::MAX => return,
                now if now != seen.0 => seen = (now, Instant::now()),
                _ if seen.1.elapsed() > HANGS => {
                    eprintln!("--- {name} hangs; the input is in {} ---", file.display());
                    std::process::exit(101);
                }
                _ => {}
            }
        }
    };
    thread::Builder::new().spawn(look).unwrap();
}
