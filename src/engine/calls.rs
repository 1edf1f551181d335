//! What changes something: bollard's calls over our transport, with the plan checked once more before.

use std::{io, time::Duration};

use bollard::{
    API_DEFAULT_VERSION, BollardRequest, Docker,
    query_parameters::{
        KillContainerOptions, RemoveContainerOptions, RemoveImageOptions, RemoveVolumeOptions, RestartContainerOptions,
        StopContainerOptions,
    },
};

use super::{
    Engine, Error,
    error::{MESSAGE_CAP, cap},
    events::encode,
    translate,
    transport::ITEM_CAP,
    wire,
};
use crate::{
    base::{
        id::{ContainerId, ImageId, VolumeName},
        time::Stamp,
    },
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
                if let Some(c) = self.inspect(id).await?
                    && !force
                    && runs(&c)
                {
                    return Err(Error::Changed(format!("container {} runs by now", c.name)));
                }
                let options = RemoveContainerOptions { v: false, force: *force, link: false };
                done("remove", docker.remove_container(id, Some(options)).await)
            }
            Object::Network(id) => done("remove", docker.remove_network(id).await),
            Object::Volume { name, created } => {
                let found = self.volume_created(name).await?;
                if *created != found {
                    return Err(Error::Changed(format!("volume {name} is another one by now, created later")));
                }
                done("remove", docker.remove_volume(name, None::<RemoveVolumeOptions>).await)
            }
            Object::Image { id, tags } => {
                if let Some(new) = self.tags(id).await?.into_iter().find(|tag| !tags.contains(tag)) {
                    let short = id.trim_start_matches("sha256:").get(..12).unwrap_or(id);
                    return Err(Error::Changed(format!("image {short} is tagged {new} by now")));
                }
                let answer = docker.remove_image(id, None::<RemoveImageOptions>, None).await;
                done("remove", answer.map(|_what_went| ()))
            }
        }
    }

    async fn volume_created(&self, name: &VolumeName) -> Result<Option<Stamp>, Error> {
        let body = self.transport.get(&format!("/volumes/{}", encode(name)), ITEM_CAP).await?;
        Ok(translate::volume(wire::one("a volume", &body)?).created)
    }

    /// The names that an image has.
    async fn tags(&self, id: &ImageId) -> Result<Vec<String>, Error> {
        let body = self.transport.get(&format!("/images/{}/json", encode(id)), ITEM_CAP).await?;
        Ok(wire::one::<wire::Image>("an image", &body)?.tags)
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

    #[tokio::test]
    async fn an_image_that_was_tagged_meanwhile_stays() {
        let mut fake = Fake::new();
        fake.start();
        fake.image("sha256:0123456789abcdef", "sha256:0123456789abcdef");
        let engine = fake.connector(false).engine().await.unwrap();
        let remove = |tags: &[&str]| {
            let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
            Call::Remove(agreed(Object::Image { id: "sha256:0123456789abcdef".into(), tags }))
        };
        let removals = || fake.asked().iter().filter(|asked| asked.starts_with("DELETE ")).count();
        assert!(engine.call(&remove(&[])).await.is_ok());
        assert_eq!(removals(), 1, "without a name it goes");
        fake.image("app:2", "sha256:0123456789abcdef");
        let error = engine.call(&remove(&[])).await.unwrap_err();
        assert_eq!(error.to_string(), "Not done: image 0123456789ab is tagged app:2 by now");
        assert_eq!(removals(), 1, "nothing was sent");
        assert!(engine.call(&remove(&["app:2"])).await.is_ok(), "the names that it had in the plan");
        assert!(
            engine.call(&Call::Remove(agreed(Object::Image { id: "gone".into(), tags: Vec::new() }))).await.is_ok()
        );
    }
}
