//! `image-not-available`: an image is not on the engine and can't be pulled.

use super::rule::{Rank, Rule, Stage};
use crate::{
    diagnose::{
        case::Case,
        finding::{Evidence, Kind},
        findings::Findings,
    },
    host::Offer,
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
                .command(format!("docker pull {image}")),
        );
    }
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
    fn what_can_be_pulled_is_no_problem() {
        assert!(scenario(None, Offer::Yes).found().is_empty());
        let never = "services: {web: {image: 'x:1', pull_policy: never}}";
        let never = Scenario::of(never).image("x:1", None);
        assert_eq!(never.found(), ["image-not-available@web"]);
    }
}
