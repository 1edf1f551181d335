//! Hostile input ends soon and small: the program itself, with little memory and little time.
#![expect(clippy::unwrap_used, reason = "a test fails")]

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    process::{Command, Output},
    time::{Duration, Instant},
};

/// What the program may take beside its own file, in KiB.
const MEMORY: u64 = 128 << 10;
/// Far above what it takes, for slow machines and builds without optimisation; the point is that it ends.
const TIME: Duration = Duration::from_secs(60);

fn config(folder: &Path) -> Output {
    let program = env!("CARGO_BIN_EXE_stackview");
    // A build with debug information maps its file, which counts.
    let limit = MEMORY + fs::metadata(program).unwrap().len() / 1024;
    let started = Instant::now();
    let script = format!("ulimit -v {limit}; exec timeout {} \"$0\" -p p config --format json", TIME.as_secs());
    let mut command = Command::new("sh");
    command.args(["-c", &script, program]).current_dir(folder);
    command.env("XDG_STATE_HOME", folder.join(".state")).env("XDG_CONFIG_HOME", folder.join(".config"));
    let output = command.output().unwrap();
    assert!(started.elapsed() < TIME, "it didn't end in time");
    output
}

/// The project of these files is read, or refused with these words.
fn check(name: &str, files: &[(&str, &[u8])], refused: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    for (file, bytes) in files {
        fs::write(folder.path().join(file), bytes).unwrap();
    }
    verdict(name, &config(folder.path()), refused);
}

fn verdict(name: &str, output: &Output, refused: Option<&str>) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(i32::from(refused.is_some())), "{name}: {told}");
    if let Some(words) = refused {
        assert!(told.contains(words), "{name}: {words:?} isn't in {told}");
    }
}

#[test]
fn bombs_and_towers() {
    let mut aliases = String::from("services: {a: {image: x}}\nx-0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    let mut merges = String::from("services: {a: {image: x}}\nx-0: &a0 {k0: x}\n");
    for n in 1..12 {
        let item = format!("*a{}", n - 1);
        writeln!(aliases, "x-{n}: &a{n} [{}]", [item.as_str(); 9].join(",")).unwrap();
        let keys: Vec<String> = (0..9).map(|k| format!("k{k}: {{<<: {item}}}")).collect();
        writeln!(merges, "x-{n}: &a{n} {{{}}}", keys.join(",")).unwrap();
    }
    check("aliases", &[("compose.yaml", aliases.as_bytes())], Some("excessive aliasing"));
    check("merge keys", &[("compose.yaml", merges.as_bytes())], Some("excessive aliasing"));
    let tower = format!("services: {}", "[".repeat(100_000));
    check("nesting", &[("compose.yaml", tower.as_bytes())], Some("recursion limit"));
}

#[test]
fn many_dependencies_and_cycles() {
    let mut dense = String::from("services:\n");
    for n in 0..60 {
        let all: Vec<String> = (0..n).map(|m| format!("s{m}")).collect();
        writeln!(dense, "  s{n}: {{image: x, depends_on: [{}]}}", all.join(",")).unwrap();
    }
    check("dense", &[("compose.yaml", dense.as_bytes())], None);
    let include: [(&str, &[u8]); 2] =
        [("compose.yaml", b"include: [b.yaml]\n"), ("b.yaml", b"include: [compose.yaml]\n")];
    check("include", &include, Some("include cycle detected"));
    let extends: [(&str, &[u8]); 2] = [
        ("compose.yaml", b"services: {a: {extends: {file: b.yaml, service: b}}}\n"),
        ("b.yaml", b"services: {b: {extends: {file: compose.yaml, service: a}}}\n"),
    ];
    check("extends", &extends, Some("Circular reference"));
}

#[test]
fn what_is_no_file_or_too_large() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("compose.yaml");
    fs::File::create(&path).unwrap().set_len(100 << 20).unwrap();
    verdict("100 MB", &config(folder.path()), Some("larger than 16 MB"));
    fs::remove_file(&path).unwrap();
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    verdict("pipe", &config(folder.path()), Some("is a pipe, socket or device"));
    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
    verdict("device", &config(folder.path()), Some("is a pipe, socket or device"));
}

#[test]
fn much_of_anything() {
    let service = |key: &str, value: &str| format!("services: {{a: {{image: x, {key}: {value}}}}}\n");
    let braces = |open: &str, close: &str, n: usize| format!("\"{}{}\"", open.repeat(n), close.repeat(n));
    let image = |text: String| format!("services: {{a: {{image: {text}}}}}\n");
    let variables: String = (0..900_000).map(|n| format!("B{n}=$A$A\n")).collect();
    let some: String = (0..1_000).map(|n| format!("V{n}={n}\n")).collect();
    let named: String = (0..5_000).map(|n| format!("  s{n}: {{image: x, env_file: some.env}}\n")).collect();
    let services: String = (0..5_000).map(|n| format!("  s{n}: {{image: x, ports: ['80'], tty: true}}\n")).collect();
    let mut dense = String::from("services:\n");
    for n in 0..600 {
        let all: Vec<String> = (0..n).map(|m| format!("s{m}")).collect();
        writeln!(dense, "  s{n}: {{image: x, depends_on: [{}]}}", all.join(",")).unwrap();
    }
    for (name, text, refused) in [
        ("nested defaults", image(braces("${A:-", "}", 200_000)), Some("the result is too large")),
        ("many variables", image(braces("${A:-x}", "", 1_000_000)), None),
        ("unset variables", service("labels", &format!("{{l: \"{}\"}}", "$A".repeat(5_000_000))), None),
        ("words", service("command", &format!("\"{}\"", "a ".repeat(4_000_000))), Some("invalid command line")),
        ("a quote without end", format!("a: \"{}", "x\n".repeat(5_000_000)), Some("never closed")),
        ("an env file of many", service("env_file", "many.env"), Some("more than 50000 variables")),
        ("variables of services", format!("services:\n{named}"), Some("the project is too large")),
        ("dense", dense, Some("the project is too large")),
        ("services", format!("services:\n{services}"), None),
    ] {
        let files: [(&str, &[u8]); 3] =
            [("compose.yaml", text.as_bytes()), ("many.env", variables.as_bytes()), ("some.env", some.as_bytes())];
        check(name, &files, refused);
    }
}

#[test]
fn many_files() {
    let mut files: Vec<(String, String)> = (0..50)
        .map(|n| {
            let services = (0..1_000).map(|m| format!("  m{n}-{m}: {{image: x, environment: {{A: b}}}}\n"));
            (format!("m{n}.yaml"), format!("services:\n{}", services.collect::<String>()))
        })
        .collect();
    let all: String = (0..1_999).map(|n| format!("- m{}.yaml\n", n % 50)).collect();
    files.push(("compose.yaml".into(), format!("include:\n{all}")));
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    check("includes", &files, Some("the project is too large"));
    let chain = (1..10_000).map(|n| format!("  s{n}: {{extends: s{}}}\n", n - 1)).collect::<String>();
    check("extends", &[("compose.yaml", format!("services:\n  s0: {{image: x}}\n{chain}").as_bytes())], None);
}
