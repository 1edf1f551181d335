//! The keys of a printed project in docker compose's order: the fields of compose-go's types, those of its
//! newest version among them.

use super::form::{
    Field,
    Form::{
        self, Bytes, BytesAlways, Capital, Count, EnvFiles, Environment, Flag, FlagAlways, FlagIfSet, Hosts, Keys,
        KeysAlways, List, Lists, Mode, Named, Number, Pairs, Since, Ssh, Test, Text, TextAlways, Texts, Time,
        TimeIfNotZero, Ulimit, Whole, WholeAlways, WholeIfSet, Words,
    },
};

/// A service.
pub const SERVICE: &[Field] = &[
    ("profiles", Texts),
    ("annotations", Pairs),
    ("attach", FlagIfSet),
    ("build", Keys(BUILD)),
    ("develop", Keys(&[("watch", List(&Keys(WATCH)))])),
    ("blkio_config", Keys(BLKIO)),
    ("cap_add", Texts),
    ("cap_drop", Texts),
    ("cgroup_parent", Text),
    ("cgroup", Text),
    ("cpu_count", Whole),
    ("cpu_percent", Number),
    ("cpu_period", Whole),
    ("cpu_quota", Whole),
    ("cpu_rt_period", Whole),
    ("cpu_rt_runtime", Whole),
    ("cpus", Number),
    ("cpuset", Text),
    ("cpu_shares", Whole),
    ("command", Words),
    ("configs", GRANTS),
    ("container_name", Text),
    ("credential_spec", Keys(&[("config", Text), ("file", Text), ("registry", Text)])),
    ("depends_on", Named(&Keys(&[("condition", Text), ("restart", Flag), ("required", FlagAlways)]))),
    ("deploy", Keys(DEPLOY)),
    ("device_cgroup_rules", Texts),
    ("devices", List(&Keys(&[("source", Text), ("target", Text), ("permissions", Text)]))),
    ("dns", Texts),
    ("dns_opt", Texts),
    ("dns_search", Texts),
    ("dockerfile", Text),
    ("domainname", Text),
    ("entrypoint", Words),
    ("provider", Keys(&[("type", Text), ("options", Lists)])),
    ("environment", Environment),
    ("env_file", EnvFiles),
    ("expose", Texts),
    ("external_links", Texts),
    ("extra_hosts", Hosts),
    ("group_add", Texts),
    ("gpus", List(&Keys(DEVICE_REQUEST))),
    ("hostname", Text),
    ("healthcheck", Keys(HEALTHCHECK)),
    ("image", Text),
    ("init", FlagIfSet),
    ("ipc", Text),
    ("isolation", Text),
    ("labels", Pairs),
    ("label_file", Texts),
    ("links", Texts),
    ("logging", Keys(&[("driver", Text), ("options", Pairs)])),
    ("mem_limit", Bytes),
    ("mem_reservation", Bytes),
    ("memswap_limit", Bytes),
    ("mem_swappiness", Bytes),
    ("mac_address", Text),
    ("models", Named(&Keys(&[("endpoint_var", Text), ("model_var", Text)]))),
    ("network_mode", Text),
    ("networks", Named(&Since(&Keys(NETWORK_USE), &Keys(NETWORK_USE_26)))),
    ("oom_kill_disable", Flag),
    ("oom_score_adj", Whole),
    ("pid", Text),
    ("pids_limit", Whole),
    ("platform", Text),
    ("ports", List(&Keys(PORT))),
    ("privileged", Flag),
    ("pull_policy", Text),
    ("read_only", Flag),
    ("restart", Text),
    ("runtime", Text),
    ("scale", WholeIfSet),
    ("secrets", GRANTS),
    ("security_opt", Texts),
    ("shm_size", Bytes),
    ("stdin_open", Flag),
    ("stop_grace_period", Time),
    ("stop_signal", Text),
    ("storage_opt", Pairs),
    ("sysctls", Pairs),
    ("tmpfs", Texts),
    ("tty", Flag),
    ("ulimits", Named(&Ulimit)),
    ("use_api_socket", Flag),
    ("user", Text),
    ("userns_mode", Text),
    ("uts", Text),
    ("volumes", List(&Keys(MOUNT))),
    ("volumes_from", Texts),
    ("working_dir", Text),
    ("pre_start", List(&Keys(HOOK))),
    ("post_start", List(&Keys(HOOK))),
    ("pre_stop", List(&Keys(HOOK))),
];

const BUILD: &[Field] = &[
    ("context", Text),
    ("dockerfile", Text),
    ("dockerfile_inline", Text),
    ("entitlements", Texts),
    ("args", Environment),
    ("provenance", Text),
    ("sbom", Text),
    ("ssh", Ssh),
    ("labels", Pairs),
    ("cache_from", Texts),
    ("cache_to", Texts),
    ("no_cache", Flag),
    ("no_cache_filter", Texts),
    ("additional_contexts", Pairs),
    ("pull", Flag),
    ("extra_hosts", Hosts),
    ("isolation", Text),
    ("network", Text),
    ("target", Text),
    ("secrets", GRANTS),
    ("shm_size", Bytes),
    ("tags", Texts),
    ("ulimits", Named(&Ulimit)),
    ("platforms", Texts),
    ("privileged", Flag),
];

const WATCH: &[Field] = &[
    ("path", TextAlways),
    ("action", TextAlways),
    ("target", Text),
    ("exec", KeysAlways(HOOK)),
    ("include", Texts),
    ("ignore", Texts),
    ("initial_sync", Flag),
];

const HOOK: &[Field] = &[
    ("command", Words),
    ("user", Text),
    ("privileged", Flag),
    ("working_dir", Text),
    ("environment", Environment),
    ("image", Text),
    ("per_replica", Flag),
];

const BLKIO: &[Field] = &[
    ("weight", Whole),
    ("weight_device", List(&Capital(&[("path", TextAlways), ("weight", WholeAlways)]))),
    ("device_read_bps", List(&RATE)),
    ("device_read_iops", List(&RATE)),
    ("device_write_bps", List(&RATE)),
    ("device_write_iops", List(&RATE)),
];
const RATE: Form = Capital(&[("path", TextAlways), ("rate", BytesAlways)]);

const GRANTS: Form = List(&Keys(&[("source", Text), ("target", Text), ("uid", Text), ("gid", Text), ("mode", Mode)]));

const DEPLOY: &[Field] = &[
    ("mode", Text),
    ("replicas", WholeIfSet),
    ("labels", Pairs),
    ("update_config", Keys(ROLLING)),
    ("rollback_config", Keys(ROLLING)),
    ("resources", KeysAlways(&[("limits", Keys(RESOURCE)), ("reservations", Keys(RESOURCE))])),
    ("restart_policy", Keys(&[("condition", Text), ("delay", Time), ("max_attempts", WholeIfSet), ("window", Time)])),
    (
        "placement",
        KeysAlways(&[
            ("constraints", Texts),
            ("preferences", List(&Keys(&[("spread", Text)]))),
            ("max_replicas_per_node", Whole),
        ]),
    ),
    ("endpoint_mode", Text),
];

const ROLLING: &[Field] = &[
    ("parallelism", WholeIfSet),
    ("delay", TimeIfNotZero),
    ("failure_action", Text),
    ("monitor", TimeIfNotZero),
    ("max_failure_ratio", Number),
    ("order", Text),
];

const RESOURCE: &[Field] = &[
    ("cpus", Number),
    ("memory", Bytes),
    ("pids", Whole),
    ("devices", List(&Keys(DEVICE_REQUEST))),
    (
        "generic_resources",
        List(&Keys(&[("discrete_resource_spec", Keys(&[("kind", TextAlways), ("value", WholeAlways)]))])),
    ),
];

const DEVICE_REQUEST: &[Field] =
    &[("capabilities", Texts), ("driver", Text), ("count", Count), ("device_ids", Texts), ("options", Pairs)];

const HEALTHCHECK: &[Field] = &[
    ("test", Test),
    ("timeout", Time),
    ("interval", Time),
    ("retries", WholeIfSet),
    ("start_period", Time),
    ("start_interval", Time),
    ("disable", Flag),
];

const NETWORK_USE: &[Field] = &[
    ("aliases", Texts),
    ("driver_opts", Pairs),
    ("gw_priority", Whole),
    ("interface_name", Text),
    ("ipv4_address", Text),
    ("ipv6_address", Text),
    ("link_local_ips", Texts),
    ("mac_address", Text),
    ("priority", Whole),
];
/// 2.26 passes over `gw_priority`.
const NETWORK_USE_26: &[Field] = &[
    ("priority", Whole),
    ("aliases", Texts),
    ("ipv4_address", Text),
    ("ipv6_address", Text),
    ("link_local_ips", Texts),
    ("mac_address", Text),
    ("driver_opts", Pairs),
];

const PORT: &[Field] = &[
    ("name", Text),
    ("mode", Text),
    ("host_ip", Text),
    ("target", Whole),
    ("published", Text),
    ("protocol", Text),
    ("app_protocol", Text),
];

const MOUNT: &[Field] = &[
    ("type", Text),
    ("source", Text),
    ("target", Text),
    ("read_only", Flag),
    ("consistency", Text),
    ("bind", Keys(&[("selinux", Text), ("propagation", Text), ("create_host_path", Flag), ("recursive", Text)])),
    ("volume", Keys(&[("labels", Pairs), ("nocopy", Flag), ("subpath", Text)])),
    ("tmpfs", Keys(&[("size", Bytes), ("mode", Whole)])),
    ("image", Keys(&[("subpath", Text)])),
];

/// A network of the project.
pub const NETWORK: &[Field] = &[
    ("name", Text),
    ("driver", Text),
    ("driver_opts", Pairs),
    ("ipam", KeysAlways(&[("driver", Text), ("config", List(&Keys(POOL)))])),
    ("external", Flag),
    ("internal", Flag),
    ("attachable", Flag),
    ("labels", Pairs),
    ("enable_ipv4", FlagIfSet),
    ("enable_ipv6", FlagIfSet),
];
const POOL: &[Field] = &[("subnet", Text), ("gateway", Text), ("ip_range", Text), ("aux_addresses", Pairs)];

/// A volume of the project.
pub const VOLUME: &[Field] =
    &[("name", Text), ("driver", Text), ("driver_opts", Pairs), ("external", Flag), ("labels", Pairs)];

/// A secret or a config.
pub const RESOURCE_FILE: &[Field] = &[
    ("name", Text),
    ("file", Text),
    ("environment", Text),
    ("content", Text),
    ("external", Flag),
    ("labels", Pairs),
    ("driver", Text),
    ("driver_opts", Pairs),
    ("template_driver", Text),
];

/// A model that services use.
pub const MODEL: &[Field] = &[("name", Text), ("model", Text), ("context_size", Whole), ("runtime_flags", Texts)];
