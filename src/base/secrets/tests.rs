//! Secrets in every shape that they are written in, and what is none.

use super::*;

fn m(text: &str) -> String {
    masked_text(text, true).into_owned()
}

#[test]
fn values_are_masked_by_their_names_and_in_addresses() {
    let m = |name: &str, value: &'static str| masked(name, value, true).into_owned();
    assert_eq!(m("POSTGRES_PASSWORD", "hunter2"), "********");
    assert_eq!(m("api_token", "x"), "********");
    assert_eq!(m("POSTGRES_PASSWORD_FILE", "/run/secrets/db"), "/run/secrets/db");
    assert_eq!(m("PASSWORD", ""), "");
    assert_eq!(m("LANG", "C.UTF-8"), "C.UTF-8");
    assert_eq!((m("GITHUB_PAT", "x"), m("PATH", "/bin")), ("********".into(), "/bin".into()));
    assert_eq!(m("DATABASE_URL", "postgres://app:p@ss@db:5432/x?y=1"), "postgres://app:********@db:5432/x?y=1");
    assert_eq!(m("HOME_URL", "http://example.org/a:b@c"), "http://example.org/a:b@c");
}

#[test]
fn secrets_are_found_in_every_shape() {
    let mut wrong = Vec::new();
    for (text, shown) in [
        ("redis-server --requirepass hunter2 --port 1", "redis-server --requirepass ******** --port 1"),
        ("a --password=hunter2 -k b", "a --password=******** -k b"),
        ("a --password 'two words' -k b", "a --password '********' -k b"),
        ("sh -c PGPASSWORD=hunter2 psql", "sh -c PGPASSWORD=******** psql"),
        ("c http://u:hunter2@h/ --key-file k", "c http://u:********@h/ --key-file k"),
        ("c db://u:hunter2@h/x?mode=1 DB_PW=a", "c db://u:********@h/x?mode=1 DB_PW=********"),
        ("failed: postgres://app:p#1@db/x user=app", "failed: postgres://app:********@db/x user=app"),
        ("mysqladmin ping -h db -pPW1x", "mysqladmin ping -h db -p********"),
        ("[\"mysql\",\"-pPW1x\",\"-e\",\"select 1\"]", "[\"mysql\",\"-p********\",\"-e\",\"select 1\"]"),
        ("mongosh -u root -p Pw12x admin", "mongosh -u root -p ******** admin"),
        ("redis-cli -a Pw12x ping", "redis-cli -a ******** ping"),
        ("docker login -u me -p Pw12x reg.example", "docker login -u me -p ******** reg.example"),
        ("docker run -p 8080:80 x", "docker run -p 8080:80 x"),
        ("docker compose -p shop up", "docker compose -p shop up"),
        ("curl --user a:Pw12x http://h/", "curl --user a:******** http://h/"),
        ("curl -u a:Pw12x http://h/", "curl -u a:******** http://h/"),
        ("docker run --user 1000:1000 x", "docker run --user 1000:1000 x"),
        ("curl -H 'Authorization: Bearer abc123def' http://h", "curl -H 'Authorization: Bearer ********' http://h"),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic ********"),
        ("authorization=Bearer abc123def", "authorization=Bearer ********"),
        ("X-Api-Key: k-998877", "X-Api-Key: ********"),
        ("Cookie: sid=abc; theme=dark", "Cookie: ********"),
        ("{\"user\":\"a\",\"password\":\"p \\\"q\",\"n\":1}", "{\"user\":\"a\",\"password\":\"********\",\"n\":1}"),
        (
            "{\"log\":\"{\\\"password\\\":\\\"abc\\\",\\\"n\\\":1}\"}",
            "{\"log\":\"{\\\"password\\\":\\\"********\\\",\\\"n\\\":1}\"}",
        ),
        ("{'password': 'abc', 'n': 1}", "{'password': '********', 'n': 1}"),
        ("Server=db;User Id=sa;Password=Pw1;Encrypt=no", "Server=db;User Id=sa;Password=********;Encrypt=no"),
        ("jdbc:sqlserver://db:1433;user=sa;password=Pw1", "jdbc:sqlserver://db:1433;user=sa;password=********"),
        ("jdbc:pg://db/x?user=a&password=Pw1&ssl=true", "jdbc:pg://db/x?user=a&password=********&ssl=true"),
        ("GET /cb?access_token=abc&x=1 HTTP/1.1", "GET /cb?access_token=********&x=1 HTTP/1.1"),
        ("https://0a1b2c3d4e@sentry.example/2", "https://********@sentry.example/2"),
        ("root:Pw1x@tcp(db:3306)/app", "root:********@tcp(db:3306)/app"),
        ("https://hooks.slack.com/services/T0/B0/xyz", "https://hooks.slack.com/services/********"),
        ("https://discord.com/api/webhooks/1/xyz?wait=1", "https://discord.com/api/webhooks/********?wait=1"),
        ("https://api.telegram.org/bot12:AAbb/sendMessage", "https://api.telegram.org/bot********/sendMessage"),
        ("id AKIAIOSFODNN7EXAMPLE used", "id ******** used"),
        ("got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_x", "got ********"),
        ("push ghp_abcdefghij0123456789 ok", "push ******** ok"),
        ("CREATE USER a WITH PASSWORD 'Pw 1'", "CREATE USER a WITH PASSWORD '********'"),
        ("ALTER USER a IDENTIFIED BY \"Pw1\"", "ALTER USER a IDENTIFIED BY \"********\""),
        ("<password>Pw1</password>", "<password>********</password>"),
        (":password=>\"Pw1\", x", ":password=>\"********\", x"),
        ("      DB_PASSWORD: correct horse # old", "      DB_PASSWORD: ******** # old"),
        ("password = \"Pw1\"", "password = \"********\""),
        ("{password=Pw1, user=a}", "{password=********, user=a}"),
        ("h:6379,password=Pw1,ssl=True", "h:6379,password=********,ssl=True"),
        ("postgres://app:Pw1…", "postgres://app:********…"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nab+/=\n-----END RSA PRIVATE KEY-----",
            "-----BEGIN RSA PRIVATE KEY-----\n********\n********\n-----END RSA PRIVATE KEY-----",
        ),
        ("DB\\_PASSWORD=abc", "DB\\_PASSWORD=********"),
        ("a --token\n  abc1", "a --token\n  ********"),
    ] {
        let (once, twice) = (m(text), m(&m(text)));
        wrong.extend([once, twice].into_iter().filter(|out| out != shown));
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn what_is_no_secret_can_be_read() {
    for text in [
        "[ERROR] unknown variable 'default-authentication-plugin=mysql_native_password'.",
        "FATAL:  password authentication failed for user \"app\"",
        "KeyError: 'SIGNING_KEY'",
        "token expired",
        "Error: token: expired",
        "SyntaxError: Unexpected token } in JSON at position 4",
        "secret key is the default one",
        "WARN: --password option is required",
        "Access denied for user 'root'@'172.18.0.3' (using password: YES)",
        "password: $DB_PASSWORD",
        "MAX_TOKENS=4096 AUTHOR=docs-team KEYBOARD=us",
        "POSTGRES_PASSWORD_FILE=/run/secrets/db",
        "cache_key=user:12 hit",
        "redis://cache:6379/0 and https://example.org/@me/x",
        "nginx:1.25@sha256:0123456789abcdef",
        "git@github.com:org/repo.git",
        "prompt_tokens=12 completion_tokens=34",
        "key=value map[a:b]",
        "listening on http://0.0.0.0:8080",
        "error: Database is uninitialized and superuser password is not specified.",
        "Bearer token expired",
        "Basic authentication is off",
        "image: registry.example/auth-token:1.4",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "user@example.org logged in",
    ] {
        assert_eq!(m(text), text);
    }
}

#[test]
fn known_values_are_found_wherever_they_occur() {
    let mut known = Known::default();
    known.learn("DB_PASSWORD", "correct-horse-77");
    known.learn("ODD_PASSWORD", "p@\"s_s/word1");
    known.learn("URL", "postgres://u:in-the-url@db/x");
    known.learn("POSTGRES_USER", "dbadmin");
    known.learn("ADMIN_PASSWORD", "dbadmin");
    known.learn("SHORT_PASSWORD", "abc");
    known.learn("COMMON_PASSWORD", "password");
    known.learn("WORD_PASSWORD", "monkey");
    let masker = Masker::knowing(&known, true);
    for (text, shown) in [
        ("X=correct-horse-77!", "X=********!"),
        ("as in-the-url", "as ********"),
        ("dbadmin abc password stay", "dbadmin abc password stay"),
        ("monkeys and monkey", "monkeys and ********"),
        ("p%40%22s_s%2Fword1 {\"a\":\"p@\\\"s_s/word1\"}", "******** {\"a\":\"********\"}"),
        ("p@\"s\\_s/word1", "********"),
        ("cut: correct-ho…", "cut: ********…"),
    ] {
        assert_eq!(masker.text(text), shown);
    }
    assert_eq!(masker.begun("a correct-ho"), Some((2, "rse-77")));
    assert!(masker.is_of(&known, true) && !masker.is_of(&Known::default(), true));
    assert!(!format!("{known:?} {masker:?}").contains("horse"));
}

#[test]
fn a_document_is_masked_by_its_names_and_as_commands() {
    let mut document = serde_json::json!({
        "Env": ["A=1", "DB_PASSWORD=hunter2"], "Cmd": ["serve", "--token", "abc12", "--port", "1"],
        "labels": {"api_key": "abc", "MAX_TOKENS": "9"}, "tokens": 12,
        "said": "PGPASSWORD=hunter2 \"x\""
    });
    Masker::plain(true).json(&mut document);
    let expected = serde_json::json!({
        "Env": ["A=1", "DB_PASSWORD=********"], "Cmd": ["serve", "--token", "********", "--port", "1"],
        "labels": {"api_key": "********", "MAX_TOKENS": "9"}, "tokens": 12,
        "said": "PGPASSWORD=******** \"x\""
    });
    assert_eq!(document, expected);
}

proptest::proptest! {
    #[test]
    fn nothing_is_found_outside_the_text(text in "\\PC{0,80}", from in "(password|token|://|@|-p|mysql|'|\"|=|: |\\\\|…)*") {
        let text = format!("{from}{text}{from}");
        let masker = Masker::plain(true);
        for range in masker.find(&text) {
            proptest::prop_assert!(text.get(range).is_some());
        }
        let once = masker.text(&text).into_owned();
        proptest::prop_assert!(!once.is_empty() || text.is_empty());
    }

    #[test]
    fn a_secret_under_its_name_never_stays(secret in "[A-Za-z0-9!%+/#]{8,24}[0-9]z") {
        for text in [format!("DB_PASSWORD={secret}"), format!("{{\"password\":\"{secret}\"}}"), format!("db://u:{secret}@h/x")] {
            proptest::prop_assert!(!masked_text(&text, true).contains(&secret), "{}", text);
        }
    }
}
