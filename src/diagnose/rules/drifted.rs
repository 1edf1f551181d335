//! A container that differs from its file or its image: `file-newer-than-container`, `image-newer-than-container`.

use super::rule::{NAMED, Rank, Rule, Stage};
use crate::{
    base::id::ServiceName,
    diagnose::{
        case::Case,
        finding::{Evidence, Kind},
        findings::Findings,
    },
    stack::{Container, Difference, Drift, drift},
};

/// The file was changed.
pub const FILE: Rule = Rule {
    id: "file-newer-than-container",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "the file changed since the container was created, so the container differs from it",
    look: file,
    #[cfg(test)]
    fires: tests::file_fires,
    #[cfg(test)]
    spares: tests::well,
};

/// The image was rebuilt or pulled again.
pub const IMAGE: Rule = Rule {
    id: "image-newer-than-container",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "the image was rebuilt or pulled again since the container was created",
    look: image,
    #[cfg(test)]
    fires: tests::image_fires,
    #[cfg(test)]
    spares: tests::well,
};

/// How many differences are shown.
const SHOWN: usize = 6;

/// Services that drifted, with their first container that did.
fn drifted<'a>(case: &Case<'a>) -> Vec<(&'a ServiceName, &'a Container, &'a [Difference])> {
    let overview = case.overview;
    let all = overview.drift.iter().filter_map(|(name, drift)| {
        let Drift::Drifted { containers, differences } = drift else { return None };
        let container = containers.first().and_then(|id| case.stack.containers.get(id))?;
        Some((name, container, differences.as_slice()))
    });
    all.collect()
}

/// Whether nothing differs but what the image's name stands for.
fn is_image_moved(differences: &[Difference]) -> bool {
    let name = |text: &Option<String>| text.as_deref().map(|t| t.split(" (").next().unwrap_or(t).to_owned());
    differences.iter().all(|d| d.key == "image" && name(&d.old) == name(&d.new))
}

fn file(case: &Case<'_>, found: &mut Findings) {
    // Who asks for drift asks for the images that it is judged by; the other rule is looked at after this one.
    for name in drift::images(case.stack) {
        let _known = case.image(&name);
    }
    for (name, c, differences) in drifted(case).into_iter().filter(|(_, _, d)| !is_image_moved(d)) {
        let Some(s) = case.service(name) else { continue };
        let mut keys: Vec<&str> = Vec::new();
        for d in differences {
            let key = d.key.split('.').next().unwrap_or(&d.key);
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let summary = format!("{name} differs from its file: {}", crate::base::units::list(&keys, NAMED));
        // A variable that isn't set here and was set at `up` is a difference of the shells, not of the file.
        let blank =
            found.has("variable-not-set", name) && keys.iter().all(|key| matches!(*key, "environment" | "config-hash"));
        let finding = if blank { s.hint(FILE.id, summary) } else { s.warning(FILE.id, summary) };
        let place = s.declared.and_then(|d| d.place.as_ref());
        let now = place.map_or_else(|| "the compose files".to_owned(), ToString::to_string);
        found.push(
            finding
                .shown(differences.iter().take(SHOWN).map(|d| {
                    let text = |value: Option<std::borrow::Cow<'_, str>>| {
                        value.map_or_else(|| "none".to_owned(), std::borrow::Cow::into_owned)
                    };
                    let (old, new) = (text(d.old_shown(false, true)), text(d.new_shown(false, true)));
                    Evidence::new(Kind::File, format!("{}: {old} -> {new}", d.key), format!("{} and {now}", c.name))
                }))
                .why(
                    "A container keeps the settings it was created with; saving the file, stopping and starting change \
                     nothing. `up` recreates it from the file as it is now.",
                )
                .fix(format!("Recreate {name}"))
                .command(case.up([name])),
        );
    }
}

fn image(case: &Case<'_>, found: &mut Findings) {
    for (name, c, differences) in drifted(case).into_iter().filter(|(_, _, d)| is_image_moved(d)) {
        let (Some(s), Some(d)) = (case.service(name), differences.first()) else { continue };
        let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
        found.push(
            s.warning(IMAGE.id, format!("{name} runs an older image than {} is now", c.image))
                .shown([Evidence::state("Image", format!("{} -> {}", text(&d.old), text(&d.new)), &c.name)])
                .why(
                    "A build or a pull has since given the image's name to another image, and the container keeps the \
                     one that it was created from. `up` recreates it.",
                )
                .fix(format!("Recreate {name}"))
                .command(case.up([name])),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        compose::{
            self, Options,
            canon::{Line, config_hash},
        },
        diagnose::scenario::Scenario,
        stack::{
            Container, ImageFacts,
            fixture::{PROJECT, container},
        },
    };

    const FILE: &str = "services: {web: {image: 'app:1', environment: {A: '2'}}}";

    fn digest(text: &str) -> String {
        let env = [("COMPOSE_PROJECT_NAME".to_owned(), PROJECT.to_owned())].into();
        let (cwd, files) = ("/nowhere".into(), vec!["-".into()]);
        let loaded = compose::load(&Options { cwd, files, stdin: Some(text.into()), env, ..Options::default() });
        config_hash(loaded.resolved().project.unwrap().resolved["web"].clone(), Line::V26)
    }

    /// A container made from this text, and the image that its name stands for now.
    fn made(text: &str, image: &str) -> Scenario {
        let mut web = Container { image: "app:1".into(), ..container("web").running(1.0) };
        for (key, value) in [("config-hash", digest(text).as_str()), ("image", "sha256:0"), ("version", "2.26.1")] {
            web.labels.insert(format!("com.docker.compose.{key}"), value.to_owned());
        }
        web.env.push("A=1".into());
        let facts = |id: &str| Some(ImageFacts { id: id.into(), ..ImageFacts::default() });
        Scenario::of(FILE).with(web).image("app:1", facts(image)).image("sha256:0", facts("sha256:0"))
    }

    pub fn file_fires() -> Scenario {
        made(&FILE.replace("'2'", "'1'"), "sha256:0")
    }

    pub fn image_fires() -> Scenario {
        made(FILE, "sha256:1")
    }

    pub fn well() -> Scenario {
        made(FILE, "sha256:0")
    }

    #[test]
    fn the_file_is_told_from_the_image() {
        assert_eq!(file_fires().found(), ["file-newer-than-container@web"]);
        assert_eq!(image_fires().found(), ["image-newer-than-container@web"]);
        assert!(well().found().is_empty());
    }
}
