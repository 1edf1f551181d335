//! Data made with older settings or for another layout: `volume-keeps-old-database`, `data-mounted-below-volume`,
//! `volume-hides-image`.

use super::{
    databases::data_volume,
    rule::{NAMED, Rank, Rule, Stage},
};
use crate::{
    base::{shell::ShellLine, units},
    compose::MountKind,
    diagnose::{
        case::{Case, Subject},
        finding::{Evidence, Kind},
        findings::Findings,
        said::Phrase,
        target::port_of_image,
    },
    stack::{Container, MountPoint},
};

/// A name that an old volume doesn't have.
pub const NAME: Rule = Rule {
    id: "volume-keeps-old-database",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "a database or user of the settings doesn't exist, because the volume was filled under other settings",
    look: name,
    #[cfg(test)]
    fires: tests::name_fires,
    #[cfg(test)]
    spares: tests::name_spares,
};

/// The data is somewhere else than the volume.
pub const BELOW: Rule = Rule {
    id: "data-mounted-below-volume",
    stage: Stage::Preflight,
    rank: Rank::Cause,
    about: "a database's volume is mounted below the path where its image keeps the data",
    look: below,
    #[cfg(test)]
    fires: tests::below_fires,
    #[cfg(test)]
    spares: tests::below_spares,
};

/// The volume hides what the image brings.
pub const HIDES: Rule = Rule {
    id: "volume-hides-image",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "a volume that an earlier image filled hides what the new image has there",
    look: hides,
    #[cfg(test)]
    fires: tests::hides_fires,
    #[cfg(test)]
    spares: tests::hides_spares,
};

/// The variables by which images of databases are told what to create in an empty volume.
const NAMES: [(&str, bool); 9] = [
    ("POSTGRES_DB", false),
    ("MYSQL_DATABASE", false),
    ("MARIADB_DATABASE", false),
    ("MONGO_INITDB_DATABASE", false),
    ("POSTGRES_USER", true),
    ("MYSQL_USER", true),
    ("MARIADB_USER", true),
    ("MONGO_INITDB_ROOT_USERNAME", true),
    ("RABBITMQ_DEFAULT_USER", true),
];

fn name(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        let Some(said) = s.said(Phrase::NotInDatabase) else { continue };
        let Some(thing) = said.get("thing") else { continue };
        let targets = s.targets();
        let named = targets.iter().filter_map(|t| case.called(t.host)).chain([s]);
        let Some((db, variable, user, container)) = named.into_iter().find_map(|db| {
            let wanted = NAMES.iter().find(|(variable, _)| db.variable(variable) == Some(thing))?;
            Some((db, wanted.0, wanted.1, db.container()?))
        }) else {
            continue;
        };
        let Some((mount, volume)) = data_volume(case, db) else { continue };
        let older = volume.and_then(|v| Some(container.created?.since(v.created?))).filter(|d| d.as_secs() >= 2);
        let skipped = db.said(Phrase::InitSkipped);
        if older.is_none() && skipped.is_none() {
            continue;
        }
        let holder = mount.volume.as_ref().map_or(mount.source.as_str(), |v| v.as_str());
        let what = if user { "user" } else { "database" };
        let (fix, command) = create(case, db, variable, thing, user);
        let finding = s
            .error(
                NAME.id,
                format!("{} doesn't find the {what} '{thing}': {holder} was filled before {variable} said so", s.name),
            )
            .shown([said.evidence()])
            .shown(skipped.map(|said| said.evidence()))
            .shown([db.setting(variable, thing)])
            .shown(older.map(|older| {
                let text = format!("created {} before the container", units::span(older));
                Evidence::new(Kind::State, text, format!("CreatedAt of the volume {holder}"))
            }))
            .why(format!(
                "{variable} and its like count only while the data directory is empty, and {holder} has the data of an \
                 earlier start. The {what} of that time is still the one in it."
            ))
            .fix(fix)
            .explains(&["init-script-not-run", "dependency-not-ready"]);
        found.push(finding.command(command));
    }
}

/// How what is missing is created in the database as it is.
fn create(case: &Case<'_>, db: &Subject<'_>, variable: &str, thing: &str, user: bool) -> (String, ShellLine) {
    let empty = "or start with an empty volume, which deletes the data";
    let plain = thing.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let admin = db.variable("POSTGRES_USER").filter(|_| !user).unwrap_or("postgres");
    let exec = || case.compose().then("exec").name(db.name);
    let command = match variable {
        _ if !plain => ShellLine::default(),
        "POSTGRES_DB" => exec().then("createdb -U").words([admin, thing]),
        "POSTGRES_USER" => exec().then("createuser -U OLD_USER --pwprompt").word(thing),
        "MYSQL_DATABASE" | "MARIADB_DATABASE" => {
            exec().then("mysql -u root -p -e").word(format!("CREATE DATABASE {thing}"))
        }
        _ => ShellLine::default(),
    };
    let what = if user { "user" } else { "database" };
    (format!("Create the {what} inside {}, {empty}", db.name), command)
}

/// Since this version the official image keeps its data in a folder of the version, below the path of its volume.
const POSTGRES_MOVED: u32 = 18;
const POSTGRES: &str = "/var/lib/postgresql";

fn below(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        let Some(d) = s.declared.filter(|d| d.enabled) else { continue };
        let Some(name) = d.image.clone().or_else(|| Some(s.container()?.image.clone())) else { continue };
        let image = case.image(&name).flatten();
        let kept =
            |m: &&crate::compose::Mount| matches!(m.kind, MountKind::Volume | MountKind::Bind) && m.source.is_some();
        let mounted = |path: &str| d.mounts.iter().any(|m| trimmed(&m.target) == trimmed(path));
        let moved = postgres_version(&name).is_some_and(|version| version >= POSTGRES_MOVED);
        let volumes = image.map_or(&[][..], |image| image.volumes.as_slice());
        let volumes: Vec<&str> = volumes.iter().map(String::as_str).chain(moved.then_some(POSTGRES)).collect();
        let deeper = volumes.iter().filter(|path| !mounted(path)).find_map(|path| {
            let inside = |m: &&crate::compose::Mount| trimmed(&m.target).starts_with(&format!("{}/", trimmed(path)));
            Some((*path, d.mounts.iter().filter(kept).find(inside)?))
        });
        let Some((path, mount)) = deeper else { continue };
        // Only where a database keeps its data it is sure that the mount is meant for it; and it may be told to use it.
        let database = port_of_image(&name).is_some() || path == POSTGRES || path.starts_with("/var/lib/mysql");
        let data = s.variable("PGDATA").or_else(|| image?.env.iter().find_map(|pair| pair.strip_prefix("PGDATA=")));
        let told = data.is_some_and(|data| trimmed(data).starts_with(trimmed(&mount.target)));
        if !database || told {
            continue;
        }
        let target = trimmed(&mount.target);
        let quoted = s.log().iter().rev().find(|line| line.text.contains(target));
        let fails = quoted.filter(|_| s.is_troubled());
        let summary = format!("{}: its data goes to {path}, but its volume is mounted below that, at {target}", s.name);
        let finding = if fails.is_some() || moved { s.error(BELOW.id, summary) } else { s.warning(BELOW.id, summary) };
        let source = mount.source.as_deref().unwrap_or_default();
        found.push(
            finding
                .shown(fails.map(|line| line.evidence()))
                .shown([
                    Evidence::file(format!("volumes: {source}:{}", mount.target), mount.place.as_ref()),
                    Evidence::new(Kind::State, format!("keeps its data at {path}"), format!("the image {name}")),
                ])
                .why(if moved {
                    format!(
                        "Images of PostgreSQL {POSTGRES_MOVED} and later keep the data in a folder of the version below \
                         {path}, and refuse to start with a mount at the old place. What isn't on the volume is lost \
                         with the container."
                    )
                } else {
                    format!(
                        "The image declares {path} as its volume, and nothing is mounted there, so it gets an anonymous \
                         one with each new container. What the database writes goes there, and {source} stays empty."
                    )
                })
                .fix(format!("Mount {source} at {path} instead; data of an older version has to be moved there first"))
                .explains(&["anonymous-volume-left"]),
        );
    }
}

fn trimmed(path: &str) -> &str {
    path.trim_end_matches('/')
}

/// The major version of an official image of PostgreSQL: `postgres:18-alpine`, `docker.io/library/postgres:18.1`.
fn postgres_version(image: &str) -> Option<u32> {
    let name = image.strip_prefix("docker.io/").unwrap_or(image);
    let name = name.strip_prefix("library/").unwrap_or(name);
    let tag = name.strip_prefix("postgres:")?;
    let digits: String = tag.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Folders into which builds put the modules of a program.
const MODULES: [&str; 6] = ["node_modules", "vendor", "site-packages", "venv", "bundle", "gems"];

fn hides(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        let Some(said) = s.said(Phrase::ModuleMissing) else { continue };
        let Some(c) = s.patient() else { continue };
        let Some(made) = case.image(&c.image).flatten().and_then(|image| image.created) else { continue };
        let older = c.mounts.iter().filter(|m| m.kind == MountKind::Volume && holds_modules(c, m)).find_map(|m| {
            let volume = case.stack.volumes.get(m.volume.as_ref()?)?;
            let age = volume.created.filter(|created| *created < made)?;
            Some((m, volume, age))
        });
        let Some((mount, volume, created)) = older else { continue };
        let names: Vec<&str> = said.get("thing").into_iter().collect();
        let thing = if names.is_empty() { "a module".to_owned() } else { format!("'{}'", units::list(&names, NAMED)) };
        let (which, fix, command) = if volume.anonymous {
            (
                "an anonymous volume".to_owned(),
                format!("Give {} a new one, filled from the image as it is now", s.name),
                case.compose_by_files().then("up -d -V").name(s.name),
            )
        } else {
            (
                format!("the volume {}", volume.name),
                format!("Remove the volume, which deletes what is in it, and create {} again", s.name),
                case.compose().then("rm -sf").name(s.name).and(case.docker().then("volume rm").name(&volume.name)),
            )
        };
        found.push(
            s.error(
                HIDES.id,
                format!("{} doesn't find {thing}: {} is {which} of an earlier image", s.name, mount.target),
            )
            .shown([said.evidence()])
            .shown([
                Evidence::state("Mounts", format!("{} at {}", volume.name, mount.target), &c.name),
                Evidence::new(
                    Kind::State,
                    format!("created {} before the image {}", units::span(made.since(created)), c.image),
                    format!("CreatedAt of the volume {}", volume.name),
                ),
            ])
            .shown(s.end())
            .why(format!(
                "A volume is filled from the image once, while it is empty, and hides what later images have at {}. \
                 Compose keeps it when it recreates the container.",
                mount.target
            ))
            .fix(fix)
            .command(command),
        );
    }
}

/// Whether a program's modules are in a mount: its path says so, or it is the program's whole folder.
fn holds_modules(c: &Container, mount: &MountPoint) -> bool {
    let target = trimmed(&mount.target);
    let named = target.split('/').any(|part| MODULES.iter().any(|folder| part.trim_start_matches('.') == *folder));
    let dir = trimmed(&c.config.working_dir);
    named || !dir.is_empty() && (dir == target || dir.starts_with(&format!("{target}/")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        diagnose::{props::volume, said::says, scenario::Scenario},
        stack::{
            ImageFacts, Volume,
            fixture::{at, container},
        },
    };

    const SHOP: &str = "services: {store: {image: 'mariadb:11'}, web: {image: php, restart: always}}";

    fn shop(filled: f64) -> Scenario {
        let store = container("store")
            .created_at(50.0)
            .well()
            .keeping("p_store", "/var/lib/mysql")
            .var("MARIADB_DATABASE=orders");
        let web = container("web").exited(1, 90.0).restarting(5).var("DB_HOST=store");
        Scenario::of(SHOP)
            .with(store)
            .with(web)
            .volumes(vec![volume("p_store", filled)])
            .log("web", &["SQLSTATE[HY000] [1049] Unknown database 'orders'"])
    }

    pub fn name_fires() -> Scenario {
        shop(0.0)
    }

    /// The database was created since.
    pub fn name_spares() -> Scenario {
        shop(0.0).with(container("web").running(95.0).var("DB_HOST=store"))
    }

    fn pg(image: &str, target: &str) -> Scenario {
        Scenario::of(&format!(
            "services: {{pg: {{image: '{image}', volumes: ['box:{target}']}}}}\nvolumes: {{box: {{}}}}"
        ))
    }

    pub fn below_fires() -> Scenario {
        pg("postgres:18-alpine", "/var/lib/postgresql/data")
    }

    pub fn below_spares() -> Scenario {
        pg("postgres:18-alpine", "/var/lib/postgresql")
    }

    fn node(filled: f64, anonymous: bool) -> Scenario {
        let mut app = container("app").exited(1, 90.0).keeping("deps", "/srv/node_modules");
        app.image = "app:dev".into();
        let image = ImageFacts { created: Some(at(30.0)), ..ImageFacts::default() };
        Scenario::of("services: {app: {image: 'app:dev', volumes: ['/srv/node_modules']}}")
            .with(app)
            .volumes(vec![Volume { anonymous, ..volume("deps", filled) }])
            .log("app", &["Error: Cannot find module 'left-pad'", "Require stack:"])
            .image("app:dev", Some(image))
    }

    pub fn hides_fires() -> Scenario {
        node(10.0, true)
    }

    pub fn hides_spares() -> Scenario {
        node(40.0, true).with(container("app").running(95.0).keeping("deps", "/srv/node_modules"))
    }

    #[test]
    fn a_name_counts_for_an_empty_volume_only() {
        assert_eq!(shop(50.0).found(), ["crash-loop@web"], "it was filled just now");
        let found = name_fires().found();
        assert_eq!(found, ["volume-keeps-old-database@web", "crash-loop@web < volume-keeps-old-database@web"]);
        let told = name_fires().diagnosis().findings.remove(0);
        assert!(told.fix.copied().unwrap_or_default().ends_with("CREATE DATABASE orders'"));
    }

    #[test]
    fn a_volume_below_the_data_is_told_where_it_matters() {
        assert!(pg("postgres:17", "/var/lib/postgresql/data").found().is_empty());
        let moved = "services: {pg: {image: 'postgres:18', environment: {PGDATA: /var/lib/postgresql/data/x}, \
                     volumes: ['box:/var/lib/postgresql/data']}}\nvolumes: {box: {}}";
        assert!(Scenario::of(moved).found().is_empty(), "it is told to use it");
        let facts = ImageFacts { volumes: vec!["/data".into()], ..ImageFacts::default() };
        let redis = pg("redis:7", "/data/store");
        let redis = redis.image("redis:7", Some(facts));
        assert_eq!(redis.found(), ["data-mounted-below-volume@pg"]);
        assert_eq!(postgres_version("docker.io/library/postgres:18.1-trixie"), Some(18));
        assert_eq!(postgres_version("bitnami/postgres:18"), None);
    }

    #[test]
    fn modules_that_an_old_volume_hides_are_found_again_by_a_new_one() {
        assert_eq!(hides_fires().found(), ["volume-hides-image@app", "main-process-ends@app < volume-hides-image@app"]);
        let command = |case: Scenario| case.diagnosis().findings.remove(0).fix.copied().unwrap_or_default();
        assert!(command(hides_fires()).ends_with("up -d -V app"));
        assert_eq!(node(40.0, true).found(), ["main-process-ends@app"], "the volume is the newer one");
        assert!(command(node(10.0, false)).ends_with("docker volume rm deps"));
        for line in [
            "ModuleNotFoundError: No module named 'celery'",
            "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'express' imported from /app/index.js",
            "<internal:kernel>:37:in `require': cannot load such file -- pg (LoadError)",
            "PHP Fatal error:  Uncaught Error: Class \"Predis\\Client\" not found in /app/x.php",
        ] {
            assert!(says(line, Phrase::ModuleMissing).is_some(), "{line}");
        }
    }
}
