//! `image-not-available`: an image is not on the engine and can't be pulled.

use std::collections::{BTreeMap, BTreeSet};

use super::rule::{NAMED, Rank, Rule, Stage};
use crate::{
    base::{id::ServiceName, units},
    compose::Place,
    diagnose::{
        case::Case,
        finding::{Evidence, Finding, Kind},
        findings::Findings,
    },
    host::{Offer, registry_of},
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "image-not-available",
    stage: Stage::Preflight,
    rank: Rank::Cause,
    about: "an image isn't on the engine and can't be pulled",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    // A registry that can't be reached is one cause, however many images it keeps back.
    let mut silent: BTreeMap<&str, Vec<Missing<'_>>> = BTreeMap::new();
    for s in case.services.iter().filter(|s| s.containers.is_empty() && s.status.enabled) {
        let Some(d) = s.declared.filter(|d| !d.build && d.replicas > 0) else { continue };
        let Some(image) = d.image.as_deref() else { continue };
        if !matches!(case.image(image), Some(None)) {
            continue;
        }
        let never = d.pull_policy.as_deref() == Some("never");
        let (words, certain) = match case.offer(image) {
            _ if never => ("pull_policy: never".to_owned(), true),
            Some(Offer::No { words, login }) => (words.clone(), !login),
            Some(Offer::Yes) | None => continue,
        };
        if let Some(offer) = case.offer(image).filter(|offer| !never && offer.is_unreachable()) {
            let missing = Missing { service: s.name, image, offer, place: d.place.as_ref() };
            silent.entry(registry_of(image)).or_default().push(missing);
            continue;
        }
        let kind = if never { Kind::File } else { Kind::Host };
        let source = if never {
            d.place.as_ref().map_or_else(String::new, ToString::to_string)
        } else {
            format!("the engine's answer about {image}")
        };
        let summary = format!("{}: the image {image} isn't on the engine and can't be pulled", s.name);
        let finding = if certain { s.error(RULE.id, summary) } else { s.warning(RULE.id, summary) };
        let (why, fix) = if never {
            (
                "The image isn't there, and the file forbids pulling it. `up` fails for this service.".to_owned(),
                "Build or load the image on this engine, or allow pulling it",
            )
        } else if certain {
            (
                "The engine has no such image, and asking its registry fails with this message. `up` stops before it \
                 starts anything."
                    .to_owned(),
                "Correct the name or tag, make the registry reachable, or build or load the image here",
            )
        } else {
            (
                "The registry doesn't show this image without a login: it is private, or probably misspelled. If you \
                 are logged in and may pull it, nothing is wrong."
                    .to_owned(),
                "Correct the name, or log in to the registry",
            )
        };
        found.push(
            finding
                .shown([
                    Evidence::new(kind, words, source),
                    Evidence::new(Kind::Host, format!("No such image: {image}"), "the engine"),
                    Evidence::file(format!("image: {image}"), d.place.as_ref()),
                ])
                .why(why)
                .fix(fix)
                .command(case.docker().then("pull").name(image)),
        );
    }
    for (registry, missing) in silent {
        found.extend(unreachable(case, registry, &missing));
    }
}

/// A service whose image isn't there, and what came of asking for it.
struct Missing<'a> {
    service: &'a ServiceName,
    image: &'a str,
    offer: &'a Offer,
    place: Option<&'a Place>,
}

/// One finding about a registry that can't be reached, with all images that it keeps back.
fn unreachable(case: &Case<'_>, registry: &str, missing: &[Missing<'_>]) -> Option<Finding> {
    let first = missing.first()?;
    let images: BTreeSet<&str> = missing.iter().map(|m| m.image).collect();
    let images: Vec<&str> = images.into_iter().collect();
    let Offer::No { words, .. } = first.offer else { return None };
    let only = Some(first.service).filter(|_| missing.len() == 1);
    let services: Vec<&str> = missing.iter().map(|m| m.service.as_str()).collect();
    let summary = match images.as_slice() {
        [image] => format!(
            "{}: the image {image} isn't on the engine, and its registry {registry} can't be reached",
            units::list(&services, NAMED)
        ),
        _ => format!(
            "{} of {registry} aren't on the engine, and the registry can't be reached",
            units::count(images.len(), "image")
        ),
    };
    let lists = images.chunks(8).map(|some| Evidence::new(Kind::Host, some.join(", "), "not on the engine"));
    let finding = Finding::error(RULE.id, only, summary)
        .shown([Evidence::new(Kind::Host, words, format!("the engine's answer about {}", first.image))])
        .shown(lists)
        .shown([Evidence::file(format!("image: {}", first.image), first.place)])
        .why(format!(
            "The engine got through to nobody at {registry}, so it can't pull anything from there. `up` stops before it \
             starts anything."
        ))
        .fix("Make the registry reachable from the engine's host (network, name servers, proxy), or load the images here")
        .command(case.docker().then("pull").name(first.image));
    let finding = finding.among(missing.iter().filter(|_| only.is_none()).map(|m| m.service));
    Some(missing.iter().fold(finding, |finding, m| finding.breaks(m.service)))
}

#[cfg(test)]
mod tests {
    use crate::{
        diagnose::scenario::Scenario,
        host::{Answer, Offer, Question},
        stack::ImageFacts,
    };

    const FILE: &str = "services: {web: {image: 'fixture/none:1'}}";

    fn scenario(image: Option<ImageFacts>, offer: Offer) -> Scenario {
        Scenario::of(FILE)
            .image("fixture/none:1", image)
            .answer(Question::Offer("fixture/none:1".into()), Answer::Offer(offer))
    }

    fn no() -> Offer {
        // As 20.10 says it.
        let words = "Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io: no such host";
        Offer::No { words: words.into(), login: false }
    }

    pub fn fires() -> Scenario {
        scenario(None, no())
    }

    pub fn spares() -> Scenario {
        scenario(Some(ImageFacts::default()), no())
    }

    #[test]
    fn a_registry_that_cannot_be_reached_is_one_error() {
        let file = "services: {a: {image: 'reg.lan/a:1'}, b: {image: 'reg.lan/b:1'}, c: {image: 'reg.lan/a:1'}}";
        let mut told = Scenario::of(file);
        for image in ["reg.lan/a:1", "reg.lan/b:1"] {
            let words = "Get \"https://reg.lan/v2/\": net/http: request canceled while waiting for connection \
                         (Client.Timeout exceeded while awaiting headers)";
            let no = Offer::No { words: words.into(), login: false };
            told = told.image(image, None).answer(Question::Offer(image.into()), Answer::Offer(no));
        }
        assert_eq!(told.found(), ["image-not-available@-"]);
        let finding = told.diagnosis().findings.remove(0);
        assert!(finding.summary.starts_with("2 images of reg.lan"), "{}", finding.summary);
        assert!(finding.evidence.iter().any(|e| e.text == "reg.lan/a:1, reg.lan/b:1"), "{:?}", finding.evidence);
    }

    #[test]
    fn what_can_be_pulled_is_no_problem() {
        assert!(scenario(None, Offer::Yes).found().is_empty());
        let never = "services: {web: {image: 'x:1', pull_policy: never}}";
        let never = Scenario::of(never).image("x:1", None);
        assert_eq!(never.found(), ["image-not-available@web"]);
    }
}
