//! `wrong-architecture`: a program was built for another processor than the engine's host has.
//!
//! The kernel's "exec format error" alone doesn't tell it: a script without a first line that names its interpreter
//! gives the same. So the program's own header is looked at, or else what its image says of itself.

use super::rule::{Rank, Rule, Stage};
use crate::{
    compose::Service,
    diagnose::{
        case::{Case, Subject},
        finding::Evidence,
        findings::Findings,
        said::Phrase,
    },
    host::{Answer, Question},
    stack::{Container, reason},
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "wrong-architecture",
    stage: Stage::Preflight,
    rank: Rank::Cause,
    about: "an image or program is built for a different processor than the host has",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        if s.is_troubled() {
            refused(case, s, found);
        } else if let Some(declared) = s.declared.filter(|d| s.containers.is_empty() && d.enabled && !d.build) {
            before(case, s, declared, found);
        }
    }
}

/// The kernel refused the program, and it, or its image, is of another processor.
fn refused(case: &Case<'_>, s: &Subject<'_>, found: &mut Findings) {
    let Some(Refused { container, program, evidence }) = format_error(s) else { return };
    let Some(host) = host(case) else { return };
    let header = case.ask(Question::Head(container.id.clone(), program.clone()));
    let built_for = match header {
        Some(Answer::Head(Some(head))) => machine(head),
        // Where the file can't be read the image's word is all there is.
        _ => case.image(&container.image).flatten().map(|image| image.architecture.as_str()),
    };
    let Some(other) = built_for.filter(|other| !other.is_empty() && !runs_on(other, host)) else { return };
    found.push(
        s.error(RULE.id, format!("{}: {program} is built for {other}, but the host's processor is {host}", s.name))
            .shown([evidence])
            .shown([
                Evidence::state("Architecture", other, &container.image),
                Evidence::new(crate::diagnose::finding::Kind::Host, host, "Architecture of the engine"),
            ])
            .why(format!(
                "A {host} processor can't run a program for {other} unless the host emulates it (binfmt_misc with \
                 QEMU). The kernel refused it before it ran."
            ))
            .fix(format!("Use or build the image for linux/{host}, or install emulation"))
            .command(case.docker().then("pull --platform").word(format!("linux/{host}")).name(&container.image)),
    );
}

/// Before `up`: what the file wants, what the image is, what the host has.
fn before(case: &Case<'_>, s: &Subject<'_>, declared: &Service, found: &mut Findings) {
    let Some(name) = declared.image.as_deref() else { return };
    let Some(host) = host(case) else { return };
    let Some(image) = case.image(name).flatten().filter(|image| !image.architecture.is_empty()) else { return };
    let own = image.architecture.as_str();
    let wanted = declared.setup.platform.as_deref().and_then(|p| p.split('/').nth(1));
    let place = declared.place.as_ref();
    let (summary, shown) = match wanted {
        Some(wanted) if wanted != own => (
            format!("{}: the image {name} on the engine is for {own}, but the file asks for {wanted}", s.name),
            Evidence::file(format!("platform: linux/{wanted}"), place),
        ),
        // Who names another platform knows that it is emulated.
        None if !runs_on(own, host) => (
            format!("{}: the image {name} is for {own}, but the host's processor is {host}", s.name),
            Evidence::file(format!("image: {name}"), place),
        ),
        _ => return,
    };
    found.push(
        s.warning(RULE.id, summary)
            .shown([shown, Evidence::state("Architecture", own, name)])
            .shown([Evidence::new(crate::diagnose::finding::Kind::Host, host, "Architecture of the engine")])
            .why(format!(
                "Its programs are built for a different processor. `up` then looks for another image and fails if \
                 there is none; without emulation a {host} host can't run it."
            ))
            .fix(format!("Use or build the image for linux/{}", wanted.unwrap_or(host)))
            .command(
                case.docker().then("pull --platform").word(format!("linux/{}", wanted.unwrap_or(host))).name(name),
            ),
    );
}

/// A program that the kernel took for none.
pub(super) struct Refused<'a> {
    pub container: &'a Container,
    pub program: String,
    pub evidence: Evidence,
}

/// The program of which the kernel says that it is of no format it knows.
pub(super) fn format_error<'a>(s: &Subject<'a>) -> Option<Refused<'a>> {
    let said = s.said(Phrase::ExecFailed).filter(|said| said.get("thing") == Some("exec format error"));
    let failed = s.containers.iter().copied().find(|c| c.error.contains("exec format error"));
    let container = failed.or_else(|| said.as_ref().and(s.patient()))?;
    let quoted = || container.error.split_once("exec: \"")?.1.split('"').next().map(str::to_owned);
    let named = said.as_ref().and_then(|said| said.get("path")).map(str::to_owned);
    let program = named.or_else(quoted).or_else(|| container.command.first().cloned())?;
    let evidence = match (&said, failed) {
        (Some(said), _) => said.evidence(),
        (None, _) => Evidence::state("State.Error", reason::cause(&container.error), &container.name),
    };
    Some(Refused { container, program, evidence })
}

fn host<'a>(case: &Case<'a>) -> Option<&'a str> {
    case.host.engine.as_ref().map(|e| e.architecture.as_str()).filter(|name| !name.is_empty())
}

/// Whether a processor runs programs of an older one of its family.
fn runs_on(program: &str, host: &str) -> bool {
    program == host || matches!((program, host), ("386", "amd64") | ("arm", "arm64"))
}

/// The processor that an ELF header names (elf(5), `e_machine`), as images call it.
fn machine(head: &[u8]) -> Option<&'static str> {
    if head.get(..4)? != b"\x7fELF" {
        return None;
    }
    let (low, high) = if head.get(5)? == &2 { (19, 18) } else { (18, 19) };
    Some(match u16::from_le_bytes([*head.get(low)?, *head.get(high)?]) {
        3 => "386",
        21 => "ppc64le",
        22 => "s390x",
        40 => "arm",
        62 => "amd64",
        183 => "arm64",
        243 => "riscv64",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        diagnose::scenario::Scenario,
        host::{EngineInfo, fixture::engine},
        stack::{
            ImageFacts,
            fixture::{container, id_of},
        },
    };

    const FILE: &str = "services: {web: {image: 'own:1'}}";

    fn on_amd64(file: &str) -> Scenario {
        Scenario::of(file).engine(EngineInfo { architecture: "amd64".into(), ..engine("1.41") })
    }

    fn program(head: &[u8]) -> Scenario {
        // As runc 1.1 says it, into the log.
        on_amd64(FILE)
            .with(Container { command: vec!["/app".into()], ..container("web").exited(1, 90.0) })
            .log("web", &["exec /app: exec format error"])
            .answer(Question::Head(id_of("web"), "/app".into()), Answer::Head(Some(head.into())))
    }

    fn elf(machine: u8) -> Vec<u8> {
        let mut head = b"\x7fELF\x02\x01\x01".to_vec();
        head.resize(18, 0);
        head.extend([machine, 0]);
        head
    }

    pub fn fires() -> Scenario {
        program(&elf(183))
    }

    pub fn spares() -> Scenario {
        on_amd64(FILE).with(container("web").running(1.0)).image("own:1", image("amd64"))
    }

    fn image(architecture: &str) -> Option<ImageFacts> {
        Some(ImageFacts { architecture: architecture.into(), ..ImageFacts::default() })
    }

    #[test]
    fn a_script_without_an_interpreter_is_another_matter() {
        assert_eq!(fires().found(), ["wrong-architecture@web", "main-process-ends@web < wrong-architecture@web"]);
        assert_eq!(program(&elf(62)).found(), ["main-process-ends@web"], "its own processor: something else");
        let script = program(b"echo hi\n").found();
        assert_eq!(script.first().map(String::as_str), Some("script-interpreter-missing@web"), "{script:?}");
    }

    #[test]
    fn it_is_known_before_up() {
        let asked = |file: &str, own| on_amd64(file).image("own:1", image(own)).found();
        assert_eq!(asked(FILE, "arm64"), ["wrong-architecture@web"]);
        assert!(asked(FILE, "amd64").is_empty() && asked(FILE, "386").is_empty() && asked(FILE, "").is_empty());
        let wanted = "services: {web: {image: 'own:1', platform: linux/arm64}}";
        assert_eq!(asked(wanted, "amd64"), ["wrong-architecture@web"]);
        assert!(asked(wanted, "arm64").is_empty(), "who says so knows that it is emulated");
    }
}
