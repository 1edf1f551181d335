//! `credentials-differ`: a program shows a user or password that its database was not given.

use super::{
    databases::has_scripts,
    rule::{Rank, Rule, Stage},
};
use crate::diagnose::{
    case::{Case, Subject},
    finding::{Evidence, Kind},
    findings::Findings,
    said::Phrase,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "credentials-differ",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "a service uses a different user or password than its database was given",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

/// The variables by which databases are given their users' passwords.
const PASSWORDS: [&str; 9] = [
    "POSTGRES_PASSWORD",
    "MYSQL_PASSWORD",
    "MARIADB_PASSWORD",
    "MYSQL_ROOT_PASSWORD",
    "MARIADB_ROOT_PASSWORD",
    "MONGO_INITDB_ROOT_PASSWORD",
    "RABBITMQ_DEFAULT_PASS",
    "REDIS_PASSWORD",
    "VALKEY_PASSWORD",
];
/// And by which they are told the users.
const USERS: [&str; 5] =
    ["POSTGRES_USER", "MYSQL_USER", "MARIADB_USER", "MONGO_INITDB_ROOT_USERNAME", "RABBITMQ_DEFAULT_USER"];

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        let Some(said) = s.said(Phrase::Refused) else { continue };
        let Some(Differing { variable, value, db, given, how }) = differing(case, s) else { continue };
        let name = &db.name;
        let user = said.get("user").map(|user| format!(" for the user '{user}'")).unwrap_or_default();
        let summary = match how {
            How::Password => format!("{}: {name} rejects its password{user}; the two settings differ", s.name),
            How::None => format!("{} sends {name} no password, and {name} requires one", s.name),
            How::User => format!("{}: {name} rejects its user, which isn't the one that it was created with", s.name),
        };
        let why = match how {
            How::Password => format!(
                "{} connects with the password in {variable}, and {name} was given another one in {given}. stackview \
                 compared the values, and they differ.",
                s.name
            ),
            How::None => format!(
                "{variable} of {} names {name} without a password, and {name} was given one in {given}. Connections \
                 without a password are rejected.",
                s.name
            ),
            How::User => format!(
                "{} connects as the user in {variable}, and {name} was created with another one in {given}. stackview \
                 compared the values, and they differ.",
                s.name
            ),
        };
        found.push(
            s.error(RULE.id, summary)
                .shown([said.evidence()])
                .shown(db.said(Phrase::Refused).map(|said| said.evidence()))
                .shown([
                    s.setting(variable, value),
                    Evidence::new(
                        Kind::State,
                        format!("{given}=******** (a different value)"),
                        format!("settings of {name}"),
                    ),
                ])
                .why(why)
                .fix(format!("Use one variable, such as ${{DB_PASSWORD}}, in both {variable} and {given}"))
                .command(case.up([s.name])),
        );
    }
}

/// How a service's login isn't the one that its database was given.
#[derive(Debug, Clone, Copy)]
enum How {
    Password,
    /// It shows none.
    None,
    User,
}

/// A login that differs, and where both sides have it from.
pub(super) struct Differing<'c, 'a> {
    variable: &'a str,
    value: &'a str,
    db: &'c Subject<'a>,
    given: &'static str,
    how: How,
}

/// The login of a service that isn't the one that the database it names was given.
pub(super) fn differing<'c, 'a>(case: &'c Case<'a>, s: &Subject<'a>) -> Option<Differing<'c, 'a>> {
    let silent = s.said(Phrase::Refused).is_some_and(|said| {
        let none = ["NOAUTH", "Authentication required", "no password supplied", "using password: NO"];
        none.iter().any(|words| said.line.text.contains(words))
    });
    s.targets().iter().find_map(|t| {
        let db = case.called(t.host).filter(|db| db.name != s.name)?;
        let found = |variable, value, given, how| Some(Differing { variable, value, db, given, how });
        let passwords = passwords(db);
        let (given, _) = *passwords.first()?;
        let given_by = |endings: &[&str]| beside(s, t.variable, endings).map(|(name, value)| (name, value, value));
        let used = t.password.map(|password| (t.variable, t.value, password));
        let used = used.or_else(|| given_by(&["PASSWORD", "PASS", "PWD", "AUTH"]));
        let Some((variable, value, used)) = used else {
            return if silent { found(t.variable, t.value, given, How::None) } else { None };
        };
        if !passwords.iter().any(|(_, password)| *password == used || percent_decoded(used) == *password) {
            return found(variable, value, given, How::Password);
        }
        // Scripts may have made other users.
        let user = t.user.map(|user| (t.variable, t.value, user));
        let user = user.or_else(|| given_by(&["USER", "USERNAME"]));
        let (variable, value, user) = user.filter(|_| !has_scripts(db))?;
        let users: Vec<_> = USERS.iter().filter_map(|var| Some((*var, db.variable(var)?))).collect();
        let (given, _) = *users.first()?;
        let known = users.iter().any(|(_, given)| *given == user) || user == "root";
        if known { None } else { found(variable, value, given, How::User) }
    })
}

/// The passwords that a database takes: by its environment, or on its command line.
fn passwords<'a>(db: &Subject<'a>) -> Vec<(&'static str, &'a str)> {
    let told = PASSWORDS.iter().filter_map(|name| Some((*name, db.variable(name)?)));
    let line: Vec<&'a str> = match db.container().filter(|c| c.inspected) {
        Some(c) => c.command.iter().map(String::as_str).collect(),
        None => db.declared.into_iter().flat_map(|d| &d.command).flatten().map(String::as_str).collect(),
    };
    let option = line.iter().position(|word| *word == "--requirepass").and_then(|at| line.get(at + 1));
    told.chain(option.map(|password| ("--requirepass", *password))).filter(|(_, p)| !p.is_empty()).collect()
}

/// A variable that belongs to one that names a host: `DB_PASSWORD` to `DB_HOST`, `PGPASSWORD` to `PGHOST`.
fn beside<'a>(s: &Subject<'a>, host: &str, endings: &[&str]) -> Option<(&'a str, &'a str)> {
    let base = ["HOSTNAME", "HOST", "SERVER", "ADDRESS", "ADDR", "ENDPOINT", "URL", "URI", "DSN"]
        .iter()
        .find_map(|end| host.strip_suffix(end))?;
    let own = |name: &str| name.strip_prefix(base).is_some_and(|rest| endings.contains(&rest));
    s.variables().into_iter().find(|(name, _)| own(name))
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
    }

    #[test]
    fn a_password_of_its_own_variable_none_at_all_and_another_user_are_compared_too() {
        let told = |given: &[&str], used: &[&str], line: &str| {
            let db = given.iter().fold(container("db").well(), |c, pair| c.var(pair));
            let backend = used.iter().fold(container("backend").exited(1, 90.0).restarting(5), |c, pair| c.var(pair));
            Scenario::of("services: {db: {image: x}, backend: {image: y, restart: always}}")
                .with(db)
                .with(backend)
                .log("backend", &[line])
                .diagnosis()
                .findings
                .remove(0)
                .summary
        };
        let redis = "redis.exceptions.ResponseError: WRONGPASS invalid username-password pair or user is disabled.";
        assert_eq!(
            told(&["REDIS_PASSWORD=one"], &["REDIS_HOST=db", "REDIS_PASSWORD=two"], redis),
            "backend: db rejects its password; the two settings differ"
        );
        let none = "redis.exceptions.AuthenticationError: Authentication required.";
        assert_eq!(
            told(&["REDIS_PASSWORD=one"], &["REDIS_URL=redis://db:6379/0"], none),
            "backend sends db no password, and db requires one"
        );
        assert_eq!(
            told(&["POSTGRES_PASSWORD=s", "POSTGRES_USER=shop"], &["PGHOST=db", "PGUSER=app", "PGPASSWORD=s"], LINE),
            "backend: db rejects its user, which isn't the one that it was created with"
        );
    }

    #[test]
    fn the_same_password_encoded_is_not_blamed() {
        assert_eq!(scenario("s%23cret").found(), ["crash-loop@backend"]);
    }
}
