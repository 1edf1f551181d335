//! A database's own start: `init-script-failed`, `init-script-not-run`, `data-of-other-version`.

use super::{
    databases::{SCRIPTS, data_volume, has_scripts},
    rule::{Rank, Rule, Stage},
};
use crate::{
    base::units,
    diagnose::{
        case::Case,
        finding::{Evidence, Kind},
        findings::Findings,
        said::{Phrase, SaidLine},
    },
};

/// A script ended with an error.
pub const FAILED: Rule = Rule {
    id: "init-script-failed",
    stage: Stage::Starting,
    rank: Rank::Cause,
    about: "a script that should fill a new database failed",
    look: failed,
    #[cfg(test)]
    fires: tests::failed_fires,
    #[cfg(test)]
    spares: tests::well,
};

/// No script ran, since there was a database already.
pub const SKIPPED: Rule = Rule {
    id: "init-script-not-run",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "scripts that should fill a new database didn't run, because its volume wasn't empty",
    look: skipped,
    #[cfg(test)]
    fires: tests::skipped_fires,
    #[cfg(test)]
    spares: tests::skipped_spares,
};

/// The data is of another version.
pub const VERSION: Rule = Rule {
    id: "data-of-other-version",
    stage: Stage::Starting,
    rank: Rank::Cause,
    about: "a database finds data of another version in its volume",
    look: version,
    #[cfg(test)]
    fires: tests::version_fires,
    #[cfg(test)]
    spares: tests::well,
};

fn failed(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        let Some((error, script)) = error(s.log()) else { continue };
        // Started again, it takes what is half made for a database and looks well.
        let skipped = s.said(Phrase::InitSkipped).filter(|said| said.line.at >= error.at);
        if skipped.is_none() && !s.is_troubled() {
            continue;
        }
        let host = s.containers.iter().flat_map(|c| &c.mounts).find(|m| m.target.starts_with(SCRIPTS));
        let from = host.map(|m| format!("{script} comes from {}", m.source)).filter(|_| !script.is_empty());
        let which = if script.is_empty() { "an init script".to_owned() } else { format!("the init script {script}") };
        let finding = if s.is_troubled() {
            s.error(FAILED.id, format!("{}: {which} failed", s.name))
        } else {
            s.warning(
                FAILED.id,
                format!("{}: {which} failed at the first start, and it runs with incomplete data", s.name),
            )
        };
        // Only its own: `down -v` would take the data of all others, too.
        let volume = data_volume(case, s).and_then(|(mount, _)| mount.volume.as_ref());
        let afresh = volume.map(|volume| {
            let removed = case.compose().then("rm --stop --force").name(s.name);
            removed.and(case.docker().then("volume rm").name(volume)).and(case.up([s.name]))
        });
        found.push(
            finding
                .shown([error.evidence()])
                .shown(skipped.map(|said| said.evidence()))
                .shown(from.map(|text| Evidence::new(Kind::State, text, format!("Mounts of {}", s.name))))
                .shown(s.end())
                .why(
                    "Scripts run once, while the data directory is new, and the first error ends the start. What was \
                     created by then stays in the volume, so the next start finds data and runs no script.",
                )
                .fix(format!("Fix {which} first; then start with an empty volume (deletes its incomplete data)"))
                .command(afresh.unwrap_or_default()),
        );
    }
}

/// The error of a script, and the script's name.
fn error(log: &[SaidLine]) -> Option<(&SaidLine, &str)> {
    // psql names the script in the error itself.
    let psql = log.iter().find_map(|line| {
        let (_, rest) = line.text.split_once("psql:/docker-entrypoint-initdb.d/")?;
        let (script, said) = rest.split_once(':')?;
        (said.contains("ERROR") || said.contains("FATAL")).then_some((line, script))
    });
    psql.or_else(|| {
        let at = log.iter().rposition(|line| line.text.contains(SCRIPTS) && !line.text.contains("ignoring"))?;
        let after = log.get(at..)?;
        if after.iter().any(|l| l.text.contains("init process complete") || l.text.contains("init process done")) {
            return None;
        }
        let is_error = |l: &&SaidLine| {
            let told = ["ERROR", "error:", "FATAL", "Permission denied", "not found", "syntax error"];
            told.iter().any(|word| l.text.contains(word))
        };
        let line = after.iter().find(is_error)?;
        let (_, named) = log.get(at)?.text.split_once(SCRIPTS)?;
        let end = |c: char| c.is_whitespace() || matches!(c, ':' | '\'' | '"');
        Some((line, named.trim_start_matches('/').split(end).next().unwrap_or_default()))
    })
}

fn skipped(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        let Some(said) = s.said(Phrase::NotInDatabase) else { continue };
        let targets = s.targets();
        let meant = targets.iter().filter_map(|t| case.called(t.host)).find(|db| db.name != s.name && has_scripts(db));
        let Some(db) = meant.or_else(|| case.service(s.name).filter(|s| has_scripts(s))) else { continue };
        let Some(container) = db.container() else { continue };
        let Some((mount, volume)) = data_volume(case, db) else { continue };
        let older = volume.and_then(|v| Some(container.created?.since(v.created?))).filter(|d| d.as_secs() >= 2);
        let word = db.said(Phrase::InitSkipped);
        if older.is_none() && word.is_none() {
            continue;
        }
        let name = mount.volume.as_ref().map_or(mount.source.as_str(), |v| v.as_str());
        let thing = said.get("thing").map_or_else(|| "what it needs".to_owned(), |t| format!("'{t}'"));
        found.push(
            s.error(
                SKIPPED.id,
                format!("{} doesn't find {thing} in {}, whose init scripts didn't run", s.name, db.name),
            )
            .shown([said.evidence()])
            .shown(word.map(|word| word.evidence()))
            .shown(older.map(|older| {
                let text = format!("created {} before the container", units::span(older));
                Evidence::new(Kind::State, text, format!("CreatedAt of the volume {name}"))
            }))
            .why(format!(
                "The scripts in {SCRIPTS} run only when the data directory is empty, and {name} was filled by an \
                     earlier start. Probably they were added or changed since."
            ))
            .fix(format!(
                "Run the script by hand inside {}, or start with an empty volume, which deletes the data",
                db.name
            ))
            .command(case.compose().then("exec").name(db.name).then("ls").word(SCRIPTS)),
        );
    }
}

fn version(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        let Some(said) = s.said(Phrase::OtherVersion) else { continue };
        let (old, new) = (said.get("old"), said.get("new"));
        let versions = match (old, new) {
            (Some(old), Some(new)) => format!(" (of {old}, this is {new})"),
            (Some(old), None) => format!(" (of {old})"),
            _ => String::new(),
        };
        let volume = data_volume(case, s).map(|(mount, _)| mount);
        let name = volume.map_or("its data directory", |m| m.volume.as_ref().map_or(m.source.as_str(), |v| v.as_str()));
        let image = s.container().map_or("", |c| c.image.as_str());
        found.push(
            s.error(VERSION.id, format!("{}: its data is of another version{versions}", s.name))
                .shown([said.evidence()])
                .shown([Evidence::state("Config.Image", image, s.container().map_or("", |c| c.name.as_str()))])
                .shown(volume.map(|m| Evidence::state("Mounts", format!("{name} at {}", m.target), s.name)))
                .why(format!(
                    "{name} was written by another major version of the database, whose files this one can't read. It \
                     doesn't convert them by itself."
                ))
                .fix(format!(
                    "Use the image of version {} again and move the data by dump and restore, or start with an empty \
                     volume",
                    old.unwrap_or("before")
                ))
                .command(case.compose().then("logs --tail 20").name(s.name)),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::SCRIPTS;
    use crate::{
        diagnose::{props::volume, scenario::Scenario},
        stack::{Container, fixture::container},
    };

    const FILE: &str = "
services:
  db: {image: 'postgres:15', restart: always}
  backend: {image: python, restart: always}";

    fn db() -> Container {
        container("db").keeping("p_data", "/var/lib/postgresql/data").binding("/p/init", SCRIPTS, false)
    }

    pub fn well() -> Scenario {
        Scenario::of(FILE).with(db().well()).log(
            "db",
            &[
                "/usr/local/bin/docker-entrypoint.sh: running /docker-entrypoint-initdb.d/01.sql",
                "CREATE TABLE",
                "PostgreSQL init process complete; ready for start up.",
            ],
        )
    }

    pub fn failed_fires() -> Scenario {
        Scenario::of(FILE).with(db().exited(3, 90.0).restarting(1)).log(
            "db",
            &[
                "/usr/local/bin/docker-entrypoint.sh: running /docker-entrypoint-initdb.d/01.sql",
                "psql:/docker-entrypoint-initdb.d/01.sql:1: ERROR:  syntax error at or near \"CREAT\"",
            ],
        )
    }

    fn missing(made: f64) -> Scenario {
        let backend = container("backend").var("DATABASE_URL=postgresql://app:x@db:5432/app");
        Scenario::of(FILE)
            .with(db().well())
            .with(backend.exited(1, 90.0).restarting(5))
            .volumes(vec![volume("p_data", made)])
            .log("backend", &["psycopg2.errors.UndefinedTable: relation \"users\" does not exist"])
    }

    pub fn skipped_fires() -> Scenario {
        missing(-600.0)
    }

    pub fn skipped_spares() -> Scenario {
        Scenario::of(FILE)
            .with(db().well())
            .with(container("backend").running(12.0))
            .volumes(vec![volume("p_data", -600.0)])
    }

    pub fn version_fires() -> Scenario {
        Scenario::of(FILE).with(db().exited(1, 90.0).restarting(4)).log("db", &[
            "FATAL:  database files are incompatible with server",
            "DETAIL:  The data directory was initialized by PostgreSQL version 14, which is not compatible with this version 15.8 (Debian 15.8-1).",
        ])
    }

    #[test]
    fn each_explains_the_trouble() {
        assert_eq!(failed_fires().found()[0], "init-script-failed@db");
        // As a second start looks: healthy, and half made.
        let again = Scenario::of(FILE).with(db().well()).log(
            "db",
            &[
                "psql:/docker-entrypoint-initdb.d/01.sql:1: ERROR:  syntax error at or near \"CREAT\"",
                "PostgreSQL Database directory appears to contain a database; Skipping initialization",
            ],
        );
        assert_eq!(again.found(), ["init-script-failed@db", "service-missing@backend"]);
        assert_eq!(again.diagnosis().findings[0].severity, crate::diagnose::Severity::Warning);
        assert_eq!(skipped_fires().found()[0], "init-script-not-run@backend");
        assert_eq!(version_fires().found()[0], "data-of-other-version@db");
        let f = version_fires().diagnosis().findings.remove(0);
        assert_eq!(f.summary, "db: its data is of another version (of 14, this is 15.8)");
        // A new volume: the script doesn't make the table.
        assert_eq!(missing(0.0).found(), ["crash-loop@backend"]);
    }
}
