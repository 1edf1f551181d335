//! What inspections, lists and events mean, from answers of either engine line.

use super::*;

fn inspect(json: &str) -> Container {
    inspected(serde_json::from_str(json).unwrap())
}

#[test]
fn the_status_text_of_a_list_is_read() {
    let list = |state: &str, status: &str| {
        let json =
            serde_json::json!({"Id": "a", "Names": ["/p-web-1"], "State": state, "Status": status, "Created": 5});
        let c = listed(serde_json::from_value(json).unwrap());
        (c.phase, c.health, c.exit_code)
    };
    assert_eq!(list("running", "Up 2 seconds (healthy)"), (Phase::Running, Some(Health::Healthy), None));
    assert_eq!(list("running", "Up 1 second (health: starting)"), (Phase::Running, Some(Health::Starting), None));
    assert_eq!(list("running", "Up 2 seconds"), (Phase::Running, None, None));
    assert_eq!(list("paused", "Up 6 seconds (Paused)"), (Phase::Paused, None, None));
    assert_eq!(list("exited", "Exited (137) 2 minutes ago"), (Phase::Exited, None, Some(137)));
    assert_eq!(list("restarting", "Restarting (5) 1 second ago"), (Phase::Restarting, None, Some(5)));
    assert_eq!(list("created", "Created"), (Phase::Created, None, None));
    assert_eq!(list("juggling", "?"), (Phase::Unknown, None, None));
}

#[test]
fn podman_where_it_differs() {
    // As Podman 4.3 answers, with the older spellings of some fields.
    let c = inspect(
        r#"{"Id":"a","Name":"/p-db-1","Created":"2026-11-21T08:02:52.770630047+01:00","Path":"sh","Args":["-c","x"],
        "State":{"Status":"stopped","Running":false,"ExitCode":137,"StartedAt":"2026-11-21T07:02:53.1Z","FinishedAt":"2026-11-21T09:03:01.2+02:00",
            "Healthcheck":{"Status":"unhealthy","FailingStreak":2,"Log":[{"Start":"2026-11-21T08:02:55.5+01:00","End":"2026-11-21T08:02:55.6+01:00","ExitCode":1,"Output":""}]}},
        "Config":{"Entrypoint":"/entry --fast","Cmd":null,"StopSignal":15,"StopTimeout":0,"Volumes":null,"OnBuild":null,"Healthcheck":{"Test":["CMD-SHELL","true"]}},
        "HostConfig":{"RestartPolicy":{"Name":"","MaximumRetryCount":0},"PidsLimit":2048},
        "NetworkSettings":{"Networks":null},"Mounts":[]}"#,
    );
    assert_eq!((c.phase, c.exit_code), (Phase::Exited, Some(137)));
    assert_eq!(c.created, Stamp::parse("2026-11-21T07:02:52.770630047Z"));
    assert_eq!(c.finished, Stamp::parse("2026-11-21T07:03:01.2Z"));
    assert_eq!((c.health, c.failing_streak, c.probes.len()), (Some(Health::Unhealthy), 2, 1));
    assert_eq!(c.config.entrypoint, ["/entry", "--fast"]);
    assert_eq!((&*c.config.stop_signal, c.config.pids_limit), ("15", Some(2048)));
    let created = |json: &str| listed(serde_json::from_str(json).unwrap()).created;
    assert_eq!(created(r#"{"Id":"a","Created":"2026-11-21T08:02:52Z"}"#), Stamp::parse("2026-11-21T08:02:52Z"));
    assert_eq!(created(r#"{"Id":"a","Created":5}"#), Some(Stamp::from_secs(5)));
    assert_eq!(created(r#"{"Id":"a","Created":null,"NetworkSettings":{"Networks":null},"Config":null}"#), None);
}

#[test]
fn labels_of_both_compose_generations() {
    let v2 = inspect(
        r#"{"Id":"a","Name":"/p-web-2","Config":{"Labels":{"com.docker.compose.project":"p","com.docker.compose.service":"web",
        "com.docker.compose.container-number":"2","com.docker.compose.oneoff":"False",
        "com.docker.compose.depends_on":"migrate:service_completed_successfully:false,db:service_healthy:true,x:service_started:false"}}}"#,
    );
    assert_eq!((v2.name.as_str(), v2.number, v2.oneoff), ("p-web-2", Some(2), false));
    assert_eq!(
        v2.depends_on,
        [("db".into(), Condition::Healthy), ("migrate".into(), Condition::Completed), ("x".into(), Condition::Started)]
    );
    let v1 = inspect(
        r#"{"Id":"b","Name":"/p_web_run_1","Config":{"Labels":{"com.docker.compose.project":"p",
        "com.docker.compose.service":"web","com.docker.compose.oneoff":"True"}}}"#,
    );
    assert_eq!((v1.number, v1.oneoff, v1.depends_on.len()), (None, true, 0));
}

#[test]
fn an_exit_code_is_only_that_of_an_end() {
    let code = |state: &str| inspect(&format!(r#"{{"Id":"a","State":{state}}}"#)).exit_code;
    let never = "0001-01-01T00:00:00Z";
    let once = "2026-11-21T02:13:55.1Z";
    assert_eq!(code(&format!(r#"{{"Status":"created","ExitCode":0,"FinishedAt":"{never}"}}"#)), None);
    assert_eq!(code(&format!(r#"{{"Status":"running","Running":true,"ExitCode":0,"FinishedAt":"{once}"}}"#)), None);
    assert_eq!(code(&format!(r#"{{"Status":"exited","ExitCode":0,"FinishedAt":"{once}"}}"#)), Some(0));
    let loops = format!(r#"{{"Status":"restarting","Running":true,"ExitCode":5,"FinishedAt":"{once}"}}"#);
    assert_eq!(code(&loops), Some(5));
    let failed = format!(r#"{{"Status":"created","ExitCode":127,"Error":"no such file","FinishedAt":"{never}"}}"#);
    assert_eq!(code(&failed), Some(127));
}

#[test]
fn health_probes_and_the_check_with_its_defaults() {
    let c = inspect(
        r#"{"Id":"a","State":{"Status":"running","Running":true,"Health":{"Status":"unhealthy","FailingStreak":4,"Log":[
        {"Start":"2026-11-21T02:13:58.1Z","End":"2026-11-21T02:14:00.1Z","ExitCode":-1,"Output":"Health check exceeded timeout (2s)"},
        {"Start":"never","End":"","ExitCode":0,"Output":null}]}},
        "Config":{"Healthcheck":{"Test":["CMD","x"],"Interval":3000000000,"Timeout":0,"Retries":0}}}"#,
    );
    assert_eq!((c.health, c.failing_streak, c.probes.len()), (Some(Health::Unhealthy), 4, 1));
    let check = c.check.unwrap();
    assert_eq!(check.interval, Some(Duration::from_secs(3)));
    assert_eq!((check.timeout, check.retries, check.disabled), (Some(Duration::from_secs(30)), Some(3), false));
    let none = inspect(r#"{"Id":"a","State":{"Health":{"Status":"none"}},"Config":{"Healthcheck":{"Test":["NONE"]}}}"#);
    assert_eq!(none.health, None);
    assert!(none.check.unwrap().disabled);
}

#[test]
fn long_texts_are_cut_at_whole_characters() {
    let error = "é".repeat(5000);
    let c = inspect(&format!(r#"{{"Id":"a","State":{{"Status":"created","Error":"{error}"}}}}"#));
    assert!(c.error.len() <= TEXT_CAP + '…'.len_utf8() && c.error.ends_with("é…"));
}

#[test]
fn ports_bound_exposed_and_wanted() {
    let c = inspect(
        r#"{"Id":"a","Config":{"ExposedPorts":{"80/tcp":{},"9000/udp":{}}},"NetworkSettings":{"Ports":{
        "80/tcp":[{"HostIp":"0.0.0.0","HostPort":"8080"},{"HostIp":"::","HostPort":"8080"}],"443/tcp":null}}}"#,
    );
    let words: Vec<_> = c.ports.iter().map(|p| (p.host_ip.as_str(), p.host_port, p.container_port)).collect();
    assert_eq!(words, [("", None, 443), ("", None, 9000), ("0.0.0.0", Some(8080), 80), ("::", Some(8080), 80)]);
    let stopped = inspect(r#"{"Id":"a","HostConfig":{"PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"8080"}]}}}"#);
    assert_eq!(stopped.ports.len(), 1);
    assert_eq!(stopped.ports[0].host_port, Some(8080));
}

#[test]
fn mounts_networks_and_the_rest() {
    let c = inspect(
        r#"{"Id":"a","Path":"sh","Args":["-c","x"],"RestartCount":3,
        "HostConfig":{"RestartPolicy":{"Name":"on-failure","MaximumRetryCount":5},"Memory":1024,"LogConfig":{"Type":"none"},"Tmpfs":{"/run":""}},
        "Mounts":[{"Type":"volume","Name":"p_data","Source":"/v","Destination":"/data","RW":true},{"Type":"bind","Source":"/h","Destination":"/b","RW":false},{"Type":"npipe"}],
        "NetworkSettings":{"Networks":{"p_default":{"IPAddress":"","GlobalIPv6Address":"fd00::2","Aliases":["web"]},"gone":null}},
        "Config":{"Tty":true,"StopTimeout":2}}"#,
    );
    assert_eq!(c.mounts.len(), 4);
    assert_eq!(c.mounts[0].volume.as_deref(), Some("p_data"));
    assert_eq!((c.mounts[2].kind, c.mounts[3].kind), (MountKind::Other, MountKind::Tmpfs));
    assert_eq!(c.networks[1].address, "fd00::2");
    assert_eq!(c.restart, Restart::OnFailure(Some(5)));
    assert_eq!((c.restarts, c.memory_limit, c.tty), (3, Some(1024), true));
    assert_eq!((c.log_driver.as_str(), c.stop_timeout), ("none", Some(Duration::from_secs(2))));
    assert_eq!(c.command, ["sh", "-c", "x"]);
}

#[test]
fn anonymous_volumes_by_name_or_mark() {
    let anonymous = |json: &str| volume(serde_json::from_str(json).unwrap()).anonymous;
    assert!(!anonymous(r#"{"Name":"p_data"}"#));
    assert!(anonymous(&format!(r#"{{"Name":"{}"}}"#, "0a".repeat(32))));
    assert!(anonymous(r#"{"Name":"x","Labels":{"com.docker.volume.anonymous":""}}"#));
}
