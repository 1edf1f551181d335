//! Which keys a compose file may have and what may stand under them: the compose specification's schema as
//! tables, the newest keys included.

use super::shape::{
    Cast::{Bool, Float, Int, Uint},
    Format::{self, Duration, Host, Size},
    Kind,
    Shape::{self, Any, Either, Free, Keys, KeysOrNull, List, Named, Number, Range, Set, Text, Typed, Word},
};

const STR: Shape = Typed(&[Kind::Str]);
const STR_OR_NULL: Shape = Typed(&[Kind::Str, Kind::Null]);
const SCALAR: Shape = Typed(&[Kind::Str, Kind::Num, Kind::Bool, Kind::Null]);
const STR_OR_NUM: Shape = Typed(&[Kind::Str, Kind::Num]);
const NUM_OR_STR: Shape = Typed(&[Kind::Num, Kind::Str]);
const BOOL_OR_STR: Shape = Typed(&[Kind::Bool, Kind::Str]);
const FLAG: Shape = Number(Bool, &[Kind::Bool, Kind::Str]);
const WHOLE: Shape = Number(Int, &[Kind::Int, Kind::Str]);
/// A whole number for which the schema takes a fraction, which is cut.
const NUMBER: Shape = Number(Int, &[Kind::Num, Kind::Str]);
const FRACTION: Shape = Number(Float, &[Kind::Num, Kind::Str]);
const BYTES: Shape = Text(Size, &[Kind::Num, Kind::Str]);
const TIME: Shape = Text(Duration, &[Kind::Str]);
const STRINGS: Shape = List(&STR);
const STRING_SET: Shape = Set(&STR);
const STR_OR_LIST: Shape = Either(&[STR, STRINGS]);
const PAIRS: Shape = Either(&[Free(&SCALAR), List(&STR)]);
/// Variables, which are pairs of stricter form.
const VARIABLES: Shape = Either(&[Free(&SCALAR), List(&Text(Format::Variable, &[Kind::Str]))]);
/// The same where docker compose doesn't take repeats away before it looks for them.
const PAIR_SET: Shape = Either(&[Free(&SCALAR), Set(&STR)]);
const COMMAND: Shape = Either(&[STR_OR_NULL, STRINGS]);
const HOSTS: Shape = Either(&[Free(&STR_OR_LIST), Set(&Text(Host, &[Kind::Str]))]);
const DRIVER_OPTS: Shape = Free(&STR_OR_NUM);

/// The whole file.
pub const ROOT: Shape = Keys(
    &[
        ("version", STR),
        ("name", STR),
        ("include", Any),
        ("services", Named(&SERVICE)),
        ("models", Named(&MODEL)),
        ("networks", Free(&NETWORK)),
        ("volumes", Named(&VOLUME)),
        ("secrets", Named(&SECRET)),
        ("configs", Named(&CONFIG)),
    ],
    &[],
);

const SERVICE: Shape = Keys(
    &[
        ("annotations", PAIRS),
        ("attach", FLAG),
        ("blkio_config", BLKIO),
        ("build", Either(&[STR, BUILD])),
        ("cap_add", STRINGS),
        ("cap_drop", STRINGS),
        ("cgroup", Word(&["host", "private"])),
        ("cgroup_parent", STR),
        ("command", COMMAND),
        ("configs", GRANTS),
        ("container_name", Text(Format::ContainerName, &[Kind::Str])),
        ("cpu_count", Range(0, i128::MAX, &WHOLE)),
        ("cpu_percent", Range(0, 100, &Number(Float, &[Kind::Int, Kind::Str]))),
        ("cpu_period", NUMBER),
        ("cpu_quota", NUMBER),
        ("cpu_rt_period", NUMBER),
        ("cpu_rt_runtime", NUMBER),
        ("cpu_shares", NUMBER),
        ("cpus", FRACTION),
        ("cpuset", STR),
        ("credential_spec", Keys(&[("config", STR), ("file", STR), ("registry", STR)], &[])),
        ("depends_on", Either(&[STRING_SET, Named(&DEPENDENCY)])),
        ("deploy", DEPLOY),
        ("develop", KeysOrNull(&[("watch", List(&WATCH))])),
        ("device_cgroup_rules", STRING_SET),
        ("devices", List(&Either(&[STR, DEVICE]))),
        ("dns", STR_OR_LIST),
        ("dns_opt", STRINGS),
        ("dns_search", STR_OR_LIST),
        ("domainname", STR),
        ("entrypoint", COMMAND),
        ("env_file", Either(&[STR, List(&Either(&[STR, ENV_FILE]))])),
        ("environment", VARIABLES),
        ("expose", List(&Text(Format::Expose, &[Kind::Str, Kind::Num]))),
        ("extends", Any),
        ("external_links", STRING_SET),
        ("extra_hosts", HOSTS),
        ("gpus", Either(&[Word(&["all"]), List(&GPU)])),
        ("group_add", Set(&STR_OR_NUM)),
        ("healthcheck", HEALTHCHECK),
        ("hostname", STR),
        ("image", STR),
        ("init", FLAG),
        ("ipc", STR),
        ("isolation", STR),
        ("label_file", STR_OR_LIST),
        ("labels", PAIRS),
        ("links", STRINGS),
        ("logging", Keys(&[("driver", STR), ("options", Free(&Typed(&[Kind::Str, Kind::Num, Kind::Null])))], &[])),
        ("mac_address", STR),
        ("mem_limit", BYTES),
        ("mem_reservation", Text(Size, &[Kind::Str, Kind::Int])),
        ("mem_swappiness", Text(Size, &[Kind::Int, Kind::Str])),
        ("memswap_limit", BYTES),
        ("models", Either(&[STRING_SET, Named(&MODEL_USE)])),
        ("network_mode", STR),
        ("networks", Either(&[STRING_SET, Named(&NETWORK_USE)])),
        ("oom_kill_disable", FLAG),
        ("oom_score_adj", Range(-1000, 1000, &WHOLE)),
        ("pid", STR_OR_NULL),
        ("pids_limit", NUMBER),
        ("platform", STR),
        ("ports", List(&Either(&[Typed(&[Kind::Num]), STR, PORT]))),
        ("post_start", List(&HOOK)),
        ("pre_start", List(&HOOK)),
        ("pre_stop", List(&HOOK)),
        ("privileged", FLAG),
        ("profiles", STRINGS),
        ("provider", Keys(&[("type", STR), ("options", Free(&PROVIDER_OPTION))], &["type"])),
        ("pull_policy", Text(Format::PullPolicy, &[Kind::Str])),
        ("pull_refresh_after", STR),
        ("read_only", FLAG),
        ("restart", STR),
        ("runtime", STR),
        ("scale", WHOLE),
        ("secrets", GRANTS),
        ("security_opt", STRING_SET),
        ("shm_size", BYTES),
        ("stdin_open", FLAG),
        ("stop_grace_period", TIME),
        ("stop_signal", STR),
        ("storage_opt", Free(&SCALAR)),
        ("sysctls", PAIRS),
        ("tmpfs", STR_OR_LIST),
        ("tty", FLAG),
        ("ulimits", Free(&ULIMIT)),
        ("use_api_socket", FLAG),
        ("user", STR),
        ("userns_mode", STR),
        ("uts", STR),
        ("volumes", List(&Either(&[STR, MOUNT]))),
        ("volumes_from", STRING_SET),
        ("working_dir", STR),
    ],
    &[],
);

const BUILD: Shape = Keys(
    &[
        ("additional_contexts", PAIRS),
        ("args", VARIABLES),
        ("cache_from", STRINGS),
        ("cache_to", STRINGS),
        ("context", STR),
        ("dockerfile", STR),
        ("dockerfile_inline", STR),
        ("entitlements", STRINGS),
        ("extra_hosts", HOSTS),
        ("isolation", STR),
        ("labels", PAIRS),
        ("network", STR),
        ("no_cache", FLAG),
        ("no_cache_filter", STR_OR_LIST),
        ("platforms", STRINGS),
        ("privileged", FLAG),
        ("provenance", BOOL_OR_STR),
        ("pull", FLAG),
        ("sbom", BOOL_OR_STR),
        ("secrets", GRANTS),
        ("shm_size", BYTES),
        ("ssh", PAIR_SET),
        ("tags", STRINGS),
        ("target", STR),
        ("ulimits", Free(&ULIMIT)),
    ],
    &[],
);

const BLKIO: Shape = Keys(
    &[
        ("device_read_bps", List(&BLKIO_RATE)),
        ("device_read_iops", List(&BLKIO_RATE)),
        ("device_write_bps", List(&BLKIO_RATE)),
        ("device_write_iops", List(&BLKIO_RATE)),
        ("weight", WHOLE),
        ("weight_device", List(&Keys(&[("path", STR), ("weight", WHOLE)], &[]))),
    ],
    &[],
);
const BLKIO_RATE: Shape = Keys(&[("path", STR), ("rate", BYTES)], &[]);

const DEPENDENCY: Shape = Keys(
    &[
        ("condition", Word(&["service_started", "service_healthy", "service_completed_successfully"])),
        ("required", FLAG),
        ("restart", FLAG),
    ],
    &["condition"],
);

const DEPLOY: Shape = KeysOrNull(&[
    ("endpoint_mode", STR),
    ("labels", PAIRS),
    ("mode", STR),
    (
        "placement",
        Keys(
            &[
                ("constraints", STRINGS),
                ("max_replicas_per_node", WHOLE),
                ("preferences", List(&Keys(&[("spread", STR)], &[]))),
            ],
            &[],
        ),
    ),
    ("replicas", WHOLE),
    (
        "resources",
        Keys(
            &[
                ("limits", Keys(&[("cpus", FRACTION), ("memory", Text(Size, &[Kind::Str])), ("pids", WHOLE)], &[])),
                (
                    "reservations",
                    Keys(
                        &[
                            ("cpus", FRACTION),
                            ("devices", List(&RESERVED_DEVICE)),
                            ("generic_resources", Any),
                            ("memory", Text(Size, &[Kind::Str])),
                            ("pids", WHOLE),
                        ],
                        &[],
                    ),
                ),
            ],
            &[],
        ),
    ),
    ("restart_policy", Keys(&[("condition", STR), ("delay", TIME), ("max_attempts", WHOLE), ("window", TIME)], &[])),
    ("rollback_config", ROLLING),
    ("update_config", ROLLING),
]);

const ROLLING: Shape = Keys(
    &[
        ("delay", TIME),
        ("failure_action", STR),
        ("max_failure_ratio", FRACTION),
        ("monitor", TIME),
        ("order", Word(&["start-first", "stop-first"])),
        ("parallelism", WHOLE),
    ],
    &[],
);

const RESERVED_DEVICE: Shape = Keys(
    &[
        ("capabilities", STRING_SET),
        ("count", Text(Format::DeviceCount, &[Kind::Str, Kind::Int])),
        ("device_ids", STRING_SET),
        ("driver", STR),
        ("options", PAIR_SET),
    ],
    &["capabilities"],
);
const GPU: Shape = Keys(
    &[
        ("capabilities", STRING_SET),
        ("count", Text(Format::DeviceCount, &[Kind::Str, Kind::Int])),
        ("device_ids", STRING_SET),
        ("driver", STR),
        ("options", PAIRS),
    ],
    &[],
);

const DEVICE: Shape = Keys(&[("source", STR), ("target", STR), ("permissions", STR)], &["source"]);
const PROVIDER_OPTION: Shape = Either(&[OPTION_VALUE, List(&OPTION_VALUE)]);
const OPTION_VALUE: Shape = Typed(&[Kind::Str, Kind::Num, Kind::Bool]);
const ENV_FILE: Shape = Keys(&[("path", STR), ("format", STR), ("required", FLAG)], &["path"]);
const ULIMIT: Shape = Either(&[WHOLE, Keys(&[("hard", WHOLE), ("soft", WHOLE)], &["soft", "hard"])]);
const MODEL_USE: Shape = KeysOrNull(&[("endpoint_var", STR), ("model_var", STR)]);

const HEALTHCHECK: Shape = Keys(
    &[
        ("disable", FLAG),
        ("interval", TIME),
        ("retries", Number(Uint, &[Kind::Num, Kind::Str])),
        ("start_interval", TIME),
        ("start_period", TIME),
        ("test", Either(&[STR, STRINGS])),
        ("timeout", TIME),
    ],
    &[],
);

const HOOK: Shape = Keys(
    &[
        ("command", COMMAND),
        ("environment", Either(&[Free(&SCALAR), Set(&Text(Format::Variable, &[Kind::Str]))])),
        ("image", STR),
        ("per_replica", FLAG),
        ("privileged", FLAG),
        ("user", STR),
        ("working_dir", STR),
    ],
    &["command"],
);

const WATCH: Shape = Keys(
    &[
        ("action", Word(&["rebuild", "sync", "restart", "sync+restart", "sync+exec"])),
        ("exec", HOOK),
        ("ignore", STR_OR_LIST),
        ("include", STR_OR_LIST),
        ("initial_sync", FLAG),
        ("path", STR),
        ("target", STR),
    ],
    &["path", "action"],
);

const NETWORK_USE: Shape = KeysOrNull(&[
    ("aliases", STRINGS),
    ("driver_opts", DRIVER_OPTS),
    ("gw_priority", NUM_OR_STR),
    ("interface_name", STR),
    ("ipv4_address", STR),
    ("ipv6_address", STR),
    ("link_local_ips", STRINGS),
    ("mac_address", STR),
    ("priority", NUM_OR_STR),
]);

const PORT: Shape = Keys(
    &[
        ("app_protocol", STR),
        ("host_ip", STR),
        ("mode", STR),
        ("name", STR),
        ("protocol", STR),
        ("published", Typed(&[Kind::Str, Kind::Int])),
        ("target", WHOLE),
    ],
    &[],
);

const MOUNT: Shape = Keys(
    &[
        (
            "bind",
            Keys(
                &[
                    ("create_host_path", FLAG),
                    ("propagation", STR),
                    ("recursive", Word(&["enabled", "disabled", "writable", "readonly"])),
                    ("selinux", Word(&["z", "Z"])),
                ],
                &[],
            ),
        ),
        ("consistency", STR),
        ("image", Keys(&[("subpath", STR)], &[])),
        ("read_only", FLAG),
        ("source", STR),
        ("target", STR),
        (
            "tmpfs",
            Keys(&[("mode", NUM_OR_STR), ("size", Range(0, i128::MAX, &Text(Size, &[Kind::Int, Kind::Str])))], &[]),
        ),
        ("type", Word(&["bind", "volume", "tmpfs", "cluster", "npipe", "image"])),
        ("volume", Keys(&[("labels", PAIRS), ("nocopy", FLAG), ("subpath", STR)], &[])),
    ],
    &["type"],
);

const GRANTS: Shape = List(&Either(&[
    STR,
    Keys(
        &[
            ("gid", STR),
            ("mode", Text(Format::Mode, &[Kind::Num, Kind::Str])),
            ("source", STR),
            ("target", STR),
            ("uid", STR),
        ],
        &[],
    ),
]));

const EXTERNAL: Shape = Either(&[FLAG, Keys(&[("name", STR)], &[])]);

const NETWORK: Shape = KeysOrNull(&[
    ("attachable", FLAG),
    ("driver", STR),
    ("driver_opts", DRIVER_OPTS),
    ("enable_ipv4", FLAG),
    ("enable_ipv6", FLAG),
    ("external", EXTERNAL),
    ("internal", FLAG),
    (
        "ipam",
        Keys(
            &[
                (
                    "config",
                    List(&Keys(
                        &[("aux_addresses", Free(&STR)), ("gateway", STR), ("ip_range", STR), ("subnet", STR)],
                        &[],
                    )),
                ),
                ("driver", STR),
                ("options", Free(&STR)),
            ],
            &[],
        ),
    ),
    ("labels", PAIRS),
    ("name", STR),
]);

const VOLUME: Shape = KeysOrNull(&[
    ("driver", STR),
    ("driver_opts", DRIVER_OPTS),
    ("external", EXTERNAL),
    ("labels", PAIRS),
    ("name", STR),
]);

const SECRET: Shape = Keys(
    &[
        ("driver", STR),
        ("driver_opts", DRIVER_OPTS),
        ("environment", STR),
        ("external", EXTERNAL),
        ("file", STR),
        ("labels", PAIRS),
        ("name", STR),
        ("template_driver", STR),
    ],
    &[],
);

const CONFIG: Shape = Keys(
    &[
        ("content", STR),
        ("environment", STR),
        ("external", EXTERNAL),
        ("file", STR),
        ("labels", PAIRS),
        ("name", STR),
        ("template_driver", STR),
    ],
    &[],
);

const MODEL: Shape = Keys(
    &[("context_size", Typed(&[Kind::Int])), ("model", STR), ("name", STR), ("runtime_flags", STRINGS)],
    &["model"],
);
