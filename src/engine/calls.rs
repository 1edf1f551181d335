//! What changes something: bollard's calls over our transport, with the plan checked once more before.

use std::{collections::BTreeSet, io, time::Duration};

use bollard::{
    API_DEFAULT_VERSION, BollardRequest, Docker,
    query_parameters::{
        KillContainerOptions, RemoveContainerOptions, RemoveImageOptions, RemoveVolumeOptions, RestartContainerOptions,
        StopContainerOptions,
    },
};
use serde::de::DeserializeOwned;

use super::{
    Engine, Error,
    error::{MESSAGE_CAP, cap},
    events::encode,
    translate,
    transport::ITEM_CAP,
    wire,
};
use crate::{
    base::id::{ContainerId, ImageId},
    stack::{Container, Phase},
    work::{self, Call, Object, Outcome},
};

/// How long the engine may take beyond a container's own grace period.
const PATIENCE: Duration = Duration::from_secs(60);
/// The grace period of a container that sets none.
const GRACE: Duration = Duration::from_secs(10);

impl Engine {
    /// Makes a call. That something already is as wanted (started, stopped, gone) is no error.
    ///
    /// # Errors
    /// The engine's refusal in its own words; [`work::Error::Changed`] where the thing isn't what the plan said any
    /// more; [`work::Error::ReadOnly`], before anything is sent.
    pub async fn call(&self, call: &Call) -> work::Ended {
        Ok(match call {
            Call::Probe { container, command, limit } => Outcome::Ran(self.run_in(container, command, *limit).await?),
            call => {
                self.change(call).await?;
                Outcome::Done
            }
        })
    }

    async fn change(&self, call: &Call) -> Result<(), Error> {
        match call {
            Call::Start(id) => done("start", self.docker(PATIENCE)?.start_container(id, None).await),
            Call::Stop(id) => {
                let docker = self.docker(self.grace(id).await?.saturating_add(PATIENCE))?;
                done("stop", docker.stop_container(id, None::<StopContainerOptions>).await)
            }
            Call::Restart(id) => {
                let docker = self.docker(self.grace(id).await?.saturating_add(PATIENCE))?;
                done("restart", docker.restart_container(id, None::<RestartContainerOptions>).await)
            }
            Call::Pause(id) => done("pause", self.docker(PATIENCE)?.pause_container(id).await),
            Call::Unpause(id) => done("unpause", self.docker(PATIENCE)?.unpause_container(id).await),
            Call::Signal(id, signal) => {
                let options = KillContainerOptions { signal: signal.clone() };
                done("signal", self.docker(PATIENCE)?.kill_container(id.get(), Some(options)).await)
            }
            Call::Remove(object) => match self.remove(object.get()).await {
                // Somebody else was quicker.
                Err(error) if error.is_not_found() => Ok(()),
                answer => answer,
            },
            // It has an outcome, and changes nothing.
            Call::Probe { .. } => Ok(()),
        }
    }

    /// Removes exactly this, if it still is what the plan said.
    async fn remove(&self, target: &Object) -> Result<(), Error> {
        let docker = self.docker(PATIENCE)?;
        match target {
            Object::Container { id, force } => {
                // By its id the engine also finds one that is named so.
                let Some(c) = self.inspect(id).await?.filter(|c| c.id == *id) else { return Ok(()) };
                if !force && runs(&c) {
                    return Err(Error::Changed(format!("container {} is running now", c.name)));
                }
                let options = RemoveContainerOptions { v: false, force: *force, link: false };
                done("remove", docker.remove_container(id, Some(options)).await)
            }
            Object::Network(id) => {
                if self.seen::<wire::Network>("a network", &format!("/networks/{}", encode(id))).await?.id != **id {
                    return Ok(());
                }
                done("remove", docker.remove_network(id).await)
            }
            Object::Volume(meant) => {
                let found = self.seen("a volume", &format!("/volumes/{}", encode(&meant.name))).await?;
                let differences = meant.differences(&translate::volume(found));
                if !differences.is_empty() {
                    let (name, what) = (&meant.name, differences.join(", "));
                    return Err(Error::Changed(format!("volume {name} is no longer the one of the plan ({what})")));
                }
                done("remove", docker.remove_volume(&meant.name, None::<RemoveVolumeOptions>).await)
            }
            Object::Image { id, names } => {
                let image: wire::Image = self.seen("an image", &format!("/images/{}/json", encode(id))).await?;
                let found: BTreeSet<String> = image.tags.into_iter().chain(image.digests).collect();
                if found != *names {
                    return Err(Error::Changed(renamed(id, names, &found)));
                }
                let went = docker.remove_image(id, None::<RemoveImageOptions>, None).await;
                // The engine has no removal that asks for the names: who was quicker than our look is told.
                let untagged = went.iter().flatten().filter_map(|item| item.untagged.clone());
                let lost: Vec<String> = untagged.filter(|name| !names.contains(name)).collect();
                done("remove", went.map(|_what_went| ()))?;
                if lost.is_empty() {
                    return Ok(());
                }
                let words = format!("it was removed just as somebody named it {}, which went with it", lost.join(", "));
                Err(Error::Overtaken(words))
            }
        }
    }

    /// What the engine says now of a thing that is to go.
    async fn seen<T: DeserializeOwned>(&self, what: &str, path: &str) -> Result<T, Error> {
        wire::one(what, &self.transport.get(path, ITEM_CAP).await?)
    }

    /// How long a container is given to end by itself.
    async fn grace(&self, id: &ContainerId) -> Result<Duration, Error> {
        Ok(self.inspect(id).await?.and_then(|c| c.stop_timeout).unwrap_or(GRACE))
    }

    /// bollard over our transport. It adds no version and pools nothing: both are the transport's.
    fn docker(&self, deadline: Duration) -> Result<Docker, Error> {
        let transport = self.transport.clone();
        let send = move |request: BollardRequest| {
            let transport = transport.clone();
            async move {
                transport.send(request).await.map_err(|e| bollard::errors::Error::IOError { err: io::Error::other(e) })
            }
        };
        Docker::connect_with_custom_transport(send, Some("http://engine"), deadline.as_secs(), API_DEFAULT_VERSION)
            .map_err(|e| Error::Unreadable { what: "a call".into(), cause: e.to_string() })
    }
}

/// How an image's names are no longer what they were.
fn renamed(id: &ImageId, before: &BTreeSet<String>, now: &BTreeSet<String>) -> String {
    let short = id.trim_start_matches("sha256:").get(..12).unwrap_or(id);
    match (now.difference(before).next(), before.difference(now).next()) {
        (Some(new), _) => format!("image {short} is named {new} now"),
        (None, gone) => format!("image {short} isn't named {} anymore", gone.map_or("so", String::as_str)),
    }
}

fn runs(c: &Container) -> bool {
    matches!(c.phase, Phase::Running | Phase::Paused | Phase::Restarting)
}

/// bollard's errors as ours: the engine's words stay as they are.
fn done(what: &str, answer: Result<(), bollard::errors::Error>) -> Result<(), Error> {
    use bollard::errors::Error as Theirs;
    answer.map_err(|error| match error {
        Theirs::DockerResponseServerError { status_code, message } => {
            let message = if message.is_empty() { format!("HTTP status {status_code}") } else { message };
            Error::Engine { status: status_code, message: cap(message, MESSAGE_CAP) }
        }
        Theirs::IOError { err } => match err.downcast::<Error>() {
            Ok(ours) => ours,
            Err(err) => Error::Broken { what: what.into(), cause: err.to_string() },
        },
        Theirs::RequestTimeoutError => Error::Broken { what: what.into(), cause: "it didn't answer in time".into() },
        other => Error::Broken { what: what.into(), cause: other.to_string() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{engine::testing::Fake, work::agreed};

    const IMAGE: &str = "sha256:0123456789abcdef";

    fn image(names: &[&str]) -> Object {
        Object::Image { id: IMAGE.into(), names: names.iter().map(|name| (*name).to_owned()).collect() }
    }

    fn removals(fake: &Fake) -> usize {
        fake.asked().iter().filter(|asked| asked.starts_with("DELETE ")).count()
    }

    async fn remove(fake: &Fake, object: Object) -> String {
        let engine = fake.connector(false).engine().await.unwrap();
        engine.call(&Call::Remove(agreed(object))).await.map_or_else(|error| error.to_string(), |_| "removed".into())
    }

    #[tokio::test]
    async fn an_image_whose_names_changed_meanwhile_stays() {
        let mut fake = Fake::new();
        fake.start();
        fake.image(IMAGE, IMAGE);
        assert_eq!(remove(&fake, image(&[])).await, "removed");
        assert_eq!(removals(&fake), 1, "without a name it goes");
        fake.image("app:2", IMAGE);
        assert_eq!(remove(&fake, image(&[])).await, "Not done: image 0123456789ab is named app:2 now");
        let lost = remove(&fake, image(&["app:2", "app:1"])).await;
        assert_eq!(lost, "Not done: image 0123456789ab isn't named app:1 anymore");
        assert_eq!(removals(&fake), 1, "nothing was sent");
        assert_eq!(remove(&fake, image(&["app:2"])).await, "removed", "the names that it had in the plan");
        let gone = Object::Image { id: "gone".into(), names: BTreeSet::new() };
        assert_eq!(remove(&fake, gone).await, "removed", "somebody else was quicker");
        assert_eq!(removals(&fake), 2, "and nothing was sent");
    }

    #[tokio::test]
    async fn a_name_that_went_with_its_image_is_told() {
        let mut fake = Fake::new();
        fake.start();
        fake.image(IMAGE, IMAGE);
        fake.removed(r#"[{"Untagged":"app:3"},{"Deleted":"sha256:0123456789abcdef"}]"#);
        let told = remove(&fake, image(&[])).await;
        assert_eq!(told, "it was removed just as somebody named it app:3, which went with it");
    }

    #[tokio::test]
    async fn a_volume_that_is_another_by_anything_the_engine_tells_stays() {
        let mut fake = Fake::new();
        fake.start();
        let is = |[created, driver, label, option, mount]: [&str; 5]| {
            let labels = serde_json::json!({"com.docker.compose.project": "p", "made": label});
            serde_json::json!({"Name": "p_data", "CreatedAt": created, "Driver": driver, "Mountpoint": mount,
                "Scope": "local", "Labels": labels, "Options": {"o": option}})
            .to_string()
        };
        let first = ["2026-01-01T00:00:00Z", "local", "a", "x", "/m"];
        let meant = |json: &str| Object::Volume(Box::new(translate::volume(serde_json::from_str(json).unwrap())));
        let others = ["2026-01-01T00:00:01Z", "nfs", "b", "y", "/n"];
        let told_by = ["creation time", "driver", "labels", "options", "mount point"];
        for (at, (other, what)) in others.into_iter().zip(told_by).enumerate() {
            let mut now = first;
            now[at] = other;
            fake.answers("/volumes/p_data", &is(now));
            let told = remove(&fake, meant(&is(first))).await;
            assert_eq!(told, format!("Not done: volume p_data is no longer the one of the plan ({what})"));
        }
        assert_eq!(removals(&fake), 0, "nothing was sent");
        fake.answers("/volumes/p_data", &is(first));
        assert_eq!((remove(&fake, meant(&is(first))).await.as_str(), removals(&fake)), ("removed", 1));
    }

    #[tokio::test]
    async fn what_is_only_named_like_a_container_or_a_network_that_is_gone_stays() {
        let mut fake = Fake::new();
        fake.start();
        fake.answers("/containers/a1/json", r#"{"Id":"b2","Name":"/a1","State":{"Status":"exited"}}"#);
        fake.answers("/networks/n1", r#"{"Id":"m2","Name":"n1"}"#);
        assert_eq!(remove(&fake, Object::Container { id: "a1".into(), force: false }).await, "removed");
        assert_eq!(remove(&fake, Object::Network("n1".into())).await, "removed");
        assert_eq!(removals(&fake), 0, "they are gone, and another thing isn't touched");
    }
}
