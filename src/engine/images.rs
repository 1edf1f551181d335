//! The images that projects are judged by, kept true: asked once, and again when any image of the
//! engine changes its name, comes or goes.

use std::{collections::BTreeSet, time::Duration};

use futures::{StreamExt, TryStreamExt, stream};
use tokio::time::{sleep, timeout};

use super::{
    Connector, Engine, Error, Outlet,
    ask::AT_ONCE,
    events::{Objects, encode},
    projects::ended,
    translate,
    transport::{ITEM_CAP, next_chunk},
    wire,
};
use crate::{
    host::Fact,
    stack::{ImageFacts, Images},
};

/// How long events are gathered: a pull or build makes several.
const GATHER: Duration = Duration::from_millis(200);
/// The pause after the connection broke. Who keeps the link tells of the loss.
const AGAIN: Duration = Duration::from_secs(1);

impl Engine {
    /// An image by name or id; `None` if there is none.
    ///
    /// # Errors
    /// When the engine doesn't answer well.
    pub async fn image(&self, name: &str) -> Result<Option<ImageFacts>, Error> {
        // A name's own slashes part the path, as docker itself writes it.
        let path = format!("/images/{}/json", encode(name).replace("%2F", "/"));
        match self.transport.get(&path, ITEM_CAP).await {
            Ok(body) => Ok(Some(translate::image(wire::one("an image", &body)?))),
            Err(e) if e.is_not_found() => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// These images, by name or id. What the engine says of one of them doesn't keep the others back.
    ///
    /// # Errors
    /// When the engine is gone.
    pub async fn images(&self, names: &BTreeSet<String>) -> Result<Images, Error> {
        let asked = stream::iter(names.iter().cloned()).map(|name| async move {
            match self.image(&name).await {
                Ok(found) => Ok((name, Ok(found.map(Box::new)))),
                Err(error @ (Error::Engine { .. } | Error::Unreadable { .. })) => Ok((name, Err(error.to_string()))),
                Err(error) => Err(error),
            }
        });
        asked.buffered(AT_ONCE).try_collect().await
    }
}

/// Keeps these images true until it is dropped or nobody listens.
pub async fn watch_images(connector: Connector, names: BTreeSet<String>, out: Outlet) {
    while let Some(engine) = connector.connection_for(&out).await {
        if let Some(Ok(())) = connector.under(&engine, follow(&engine, &names, &out)).await {
            return;
        }
        sleep(AGAIN).await;
    }
}

/// Until the connection breaks, or (`Ok`) nobody listens. Subscribes before it asks, so that nothing falls between.
async fn follow(engine: &Engine, names: &BTreeSet<String>, out: &Outlet) -> Result<(), Error> {
    let filters = serde_json::json!({ "type": ["image"] }).to_string();
    let mut stream = engine.transport.stream(&format!("/events?filters={}", encode(&filters))).await?;
    let mut objects = Objects::default();
    loop {
        if out.send(vec![Fact::Images(engine.images(names).await?)]).await.is_err() {
            return Ok(());
        }
        let mut happened = false;
        while !happened {
            let chunk = tokio::select! {
                () = out.closed() => return Ok(()),
                chunk = next_chunk(&mut stream, "the stream of image events") => chunk?,
            };
            objects.push(&chunk.ok_or_else(|| ended(&objects))?, |_| {
                happened = true;
                true
            });
        }
        // What follows at once is answered by the same question.
        while let Ok(chunk) = timeout(GATHER, next_chunk(&mut stream, "the stream of image events")).await {
            objects.push(&chunk?.ok_or_else(|| ended(&objects))?, |_| true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::id::HostId,
        engine::testing::{Fake, outlet},
        stack::image::Looked,
    };

    fn told((_, facts): (HostId, Vec<Fact>)) -> Vec<String> {
        let [Fact::Images(images)] = facts.as_slice() else { panic!("{facts:?}") };
        let one = |(name, found): (String, Looked)| {
            format!("{name}={}", found.unwrap().map_or("none".to_owned(), |image| image.id))
        };
        images.clone().into_iter().map(one).collect()
    }

    #[tokio::test]
    async fn an_image_that_moves_is_told() {
        let mut fake = Fake::new();
        fake.start();
        fake.image("app:1", "sha256:a");
        let (out, mut facts) = outlet(4);
        let names = BTreeSet::from(["app:1".to_owned(), "gone".to_owned()]);
        let task = tokio::spawn(watch_images(fake.linked(), names, out));
        assert_eq!(told(facts.recv().await.unwrap()), ["app:1=sha256:a", "gone=none"]);
        fake.image("app:1", "sha256:b");
        fake.say(r#"{"Type":"image","Action":"tag","Actor":{"ID":"sha256:b"}}"#);
        assert_eq!(told(facts.recv().await.unwrap()), ["app:1=sha256:b", "gone=none"]);
        drop(facts);
        timeout(Duration::from_secs(10), task).await.expect("it ends with who listens").unwrap();
    }
}
