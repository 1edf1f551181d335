//! `volume-keeps-old-password`: both sides have the same password now, but the database was made with another one.

use super::{
    credentials_differ,
    databases::data_volume,
    rule::{Rank, Rule, Stage},
};
use crate::{
    base::units,
    diagnose::{
        case::{Case, Subject},
        finding::{Evidence, Kind},
        findings::Findings,
        said::{Phrase, Said},
    },
    stack::MountPoint,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "volume-keeps-old-password",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "a database rejects its password, because its volume was created with another one",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        let Some(said) = s.said(Phrase::Refused) else { continue };
        if credentials_differ::differing(case, s).is_some() {
            continue;
        }
        let targets = s.targets();
        let dbs = targets.iter().filter_map(|t| Some((t, case.called(t.host)?)));
        let mut dbs = dbs.filter(|(_, db)| db.name != s.name);
        let Some((t, db, old)) = dbs.find_map(|(t, db)| Some((t, db, kept(case, db)?))) else { continue };
        let user = said.get("user").or(t.user).unwrap_or("USER");
        let summary = format!("{} rejects {}'s password: its volume still has an older one", db.name, s.name);
        let volume = &old.volume;
        found.push(
            s.error(RULE.id, summary)
                .shown([said.evidence()])
                .shown(old.skipped.map(|said| said.evidence()))
                .shown(old.age)
                .shown([Evidence::state("Mounts", format!("volume {volume} at {}", old.mount.target), &old.container)])
                .why(format!(
                    "A database takes its password from the environment only when its data directory is empty; \
                     {volume} was filled by an earlier start. The settings of both agree now, so the password was \
                     probably a different one then."
                ))
                .fix(format!(
                    "Change it inside the database (ALTER USER {user} PASSWORD …), or start with an empty volume, which \
                     deletes the data"
                ))
                .command(case.compose().then("exec").name(db.name).then("psql -U").word(user)),
        );
    }
}

/// Data that was there before the container.
struct Old<'s, 'a> {
    volume: String,
    mount: &'a MountPoint,
    container: String,
    skipped: Option<Said<'s>>,
    age: Option<Evidence>,
}

/// The volume of a database that was filled by an earlier container: by its own word, or by the volume's age.
fn kept<'s, 'a>(case: &Case<'a>, db: &'s Subject<'a>) -> Option<Old<'s, 'a>> {
    let container = db.container()?;
    let (mount, volume) = data_volume(case, db)?;
    let skipped = db.said(Phrase::InitSkipped);
    let older = volume.and_then(|v| Some(container.created?.since(v.created?))).filter(|d| d.as_secs() >= 2);
    if skipped.is_none() && older.is_none() {
        return None;
    }
    let age = older.map(|older| {
        let text = format!("created {} before the container", units::span(older));
        Evidence::new(Kind::State, text, format!("CreatedAt of the volume {}", name(mount)))
    });
    Some(Old { volume: name(mount), mount, container: container.name.clone(), skipped, age })
}

fn name(mount: &MountPoint) -> String {
    mount.volume.as_ref().map_or_else(|| mount.source.clone(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use crate::{
        diagnose::{props::volume, scenario::Scenario},
        stack::{Container, fixture::container},
    };

    const FILE: &str = "
services:
  db: {image: 'postgres:15', volumes: ['data:/var/lib/postgresql/data']}
  backend: {image: python, restart: always}
volumes: {data: {}}";
    const LINE: &str = "psycopg2.OperationalError: connection to server at \"db\" (192.168.64.2), port 5432 failed: FATAL:  password authentication failed for user \"app\"";
    const URL: &str = "DATABASE_URL=postgresql://app:second@db:5432/app";

    fn db() -> Container {
        container("db").well().keeping("p_data", "/var/lib/postgresql/data").var("POSTGRES_PASSWORD=second")
    }

    fn refused(made: f64) -> Scenario {
        Scenario::of(FILE)
            .with(db())
            .with(container("backend").exited(3, 90.0).restarting(5).var(URL))
            .volumes(vec![volume("p_data", made)])
            .log("backend", &[LINE])
    }

    pub fn fires() -> Scenario {
        refused(-60.0)
    }

    pub fn spares() -> Scenario {
        let backend = container("backend").running(12.0).var(URL);
        Scenario::of(FILE).with(db()).with(backend).volumes(vec![volume("p_data", -60.0)])
    }

    #[test]
    fn a_new_volume_isnt_blamed_unless_the_database_says_so() {
        assert_eq!(fires().found()[0], "volume-keeps-old-password@backend");
        assert_eq!(refused(0.0).found(), ["crash-loop@backend"]);
        let told = "PostgreSQL Database directory appears to contain a database; Skipping initialization";
        assert_eq!(refused(0.0).log("db", &[told]).found()[0], "volume-keeps-old-password@backend");
        assert!(!format!("{:?}", fires().diagnosis()).contains("second"));
    }
}
