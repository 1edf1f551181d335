//! `credentials-differ`: a program shows a user or password that its database was not given.

use super::{Rank, Rule, Stage};
use crate::{
    base::secrets,
    diagnose::{Case, Evidence, Findings, Kind, Phrase, Subject},
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "credentials-differ",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "a service uses another user or password than its database was given",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

/// The variables by which databases are given their user's password.
const GIVEN: [&str; 6] = [
    "POSTGRES_PASSWORD",
    "MYSQL_PASSWORD",
    "MARIADB_PASSWORD",
    "MYSQL_ROOT_PASSWORD",
    "MONGO_INITDB_ROOT_PASSWORD",
    "RABBITMQ_DEFAULT_PASS",
];

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        let Some(said) = s.said(Phrase::Refused) else { continue };
        let Some((name, shown, db, given, own)) = differing(case, s) else { continue };
        let user = said.get("user").map(|user| format!(" for the user '{user}'")).unwrap_or_default();
        found.push(
            s.error(RULE.id, format!("{}: {} refuses its password{user}; the two are not the same", s.name, db.name))
                .shown([said.evidence()])
                .shown(db.said(Phrase::Refused).map(|said| said.evidence()))
                .shown([
                    Evidence::new(
                        Kind::State,
                        format!("{name}={}", secrets::masked(name, shown, true)),
                        format!("environment of {}", s.name),
                    ),
                    Evidence::new(
                        Kind::State,
                        format!("{given}=******** (another one)"),
                        format!("environment of {}", db.name),
                    ),
                ])
                .why(format!(
                    "{} connects with the password in {name}, and {} was given another one by {given}. Their values \
                     were compared here and differ{}.",
                    s.name,
                    db.name,
                    if own.is_empty() { ", one of them being empty" } else { "" }
                ))
                .fix(format!(
                    "Let both take the password from one variable, as ${{DB_PASSWORD}}, in {name} and {given}"
                ))
                .command(case.compose(&format!("up -d {}", s.name))),
        );
    }
}

/// The variable of a service whose password isn't the one that the database it names was given:
/// its name and value, the database, the database's variable, and the password used.
pub(super) fn differing<'c, 'a>(
    case: &'c Case<'a>,
    s: &Subject<'a>,
) -> Option<(&'a str, &'a str, &'c Subject<'a>, &'static str, &'a str)> {
    for (name, value) in s.variables() {
        let Some((used, db)) = target(case, value) else { continue };
        let given: Vec<(&'static str, &str)> = GIVEN.iter().filter_map(|var| Some((*var, db.variable(var)?))).collect();
        let Some((var, _)) = given.first() else { continue };
        if !given.iter().any(|(_, password)| *password == used || percent_decoded(used) == *password) {
            return Some((name, value, db, *var, used));
        }
    }
    None
}

/// The password in a URL, and the service that the URL names.
pub(super) fn target<'c, 'a, 'v>(case: &'c Case<'a>, url: &'v str) -> Option<(&'v str, &'c Subject<'a>)> {
    let (_, rest) = url.split_once("://")?;
    let (user_info, place) = rest.rsplit_once('@')?;
    let (_, password) = user_info.split_once(':')?;
    let host = place.split([':', '/', '?']).next()?;
    Some((password, case.service(host)?))
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let ahead = rest.clone().take(2).map(char::from).collect::<String>();
        match (byte, u8::from_str_radix(&ahead, 16)) {
            (b'%', Ok(decoded)) if ahead.len() == 2 => {
                bytes.push(decoded);
                rest.nth(1);
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use crate::{diagnose::scenario::Scenario, stack::fixture::container};

    const LINE: &str = "psycopg2.OperationalError: connection to server at \"db\" (192.168.32.2), port 5432 failed: FATAL:  password authentication failed for user \"app\"";

    fn scenario(used: &str) -> Scenario {
        let db = container("db").well().var("POSTGRES_PASSWORD=s#cret");
        let backend = container("backend").exited(1, 90.0).restarting(5);
        let backend = backend.var(&format!("DATABASE_URL=postgresql://app:{used}@db:5432/app"));
        Scenario::of("services: {db: {image: postgres}, backend: {image: python, restart: always}}")
            .with(db)
            .with(backend)
            .log("backend", &[LINE])
    }

    pub fn fires() -> Scenario {
        scenario("wrong")
    }

    pub fn spares() -> Scenario {
        let well = container("backend").running(12.0).var("DATABASE_URL=postgresql://app:s%23cret@db:5432/app");
        Scenario::of("services: {db: {image: postgres}, backend: {image: python, restart: always}}")
            .with(container("db").well().var("POSTGRES_PASSWORD=s#cret"))
            .with(well)
    }

    #[test]
    fn it_explains_the_loop_and_no_secret_is_told() {
        assert_eq!(fires().found(), ["credentials-differ@backend", "crash-loop@backend < credentials-differ@backend"]);
        let told = format!("{:?}", fires().diagnosis());
        assert!(!told.contains("wrong") && !told.contains("s#cret"), "{told}");
        // The same password, encoded: something else is the matter.
        assert_eq!(scenario("s%23cret").found(), ["crash-loop@backend"]);
    }
}
