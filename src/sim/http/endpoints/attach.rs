//! What needs a connection of its own: attaching to a container's output; and running programs, which isn't done.

use std::time::Duration;

use hyper::{
    body::Bytes,
    header::{CONNECTION, HeaderValue, UPGRADE},
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::mpsc::Receiver,
    time::sleep,
};

use super::{
    super::{
        answer::{self, Answer},
        context::{Context, unable},
        cut::Cutting,
        engine::{Engine, reached},
        stdcopy::Format,
    },
    logs::{Wanted, tell},
};
use crate::sim::world::ApiError;

/// How often to look whether a client that writes nothing more is still there.
const LOOK: Duration = Duration::from_millis(100);

/// `POST /containers/ID/attach`: output only; the simulated programs read nothing.
pub(in crate::sim::http) fn attach(mut context: Context, id: &str) -> Result<Answer, ApiError> {
    let query = &context.asked.query;
    let engine = context.engine.clone();
    let found = engine.with(|world| world.container(id).map(|c| (c.id.clone(), c.spec.tty, world.now())));
    let (id, tty, now) = found?;
    let wanted = Wanted {
        id: id.clone(),
        stdout: query.is("stdout"),
        stderr: query.is("stderr"),
        // With `logs` what there is comes first, else only what comes from now on.
        since: (!query.is("logs")).then_some(now),
        until: None,
        tail: None,
        follow: query.is("stream"),
        format: Format { tty, ..Format::default() },
    };
    engine.change(|world| world.note(&id, "attach", Vec::new()))?;
    let kind = match tty {
        false if context.face.since(42) => "application/vnd.docker.multiplexed-stream",
        _ => "application/vnd.docker.raw-stream",
    };
    if !context.asked.inner.headers().contains_key(UPGRADE) {
        return Ok(answer::pieces(&engine.clone(), kind, move |pieces| async move {
            tell(&engine, &wanted, &pieces).await;
        }));
    }
    let upgrade = hyper::upgrade::on(&mut context.asked.inner);
    let task = engine.clone();
    let mut output = answer::channel(&engine, move |pieces| async move { tell(&task, &wanted, &pieces).await });
    let connection = engine.clone();
    tokio::spawn(async move {
        let _open = connection.connection();
        let Ok(upgraded) = upgrade.await else { return };
        // What the client already wrote is for the program's input, which nobody reads.
        let Ok(parts) = upgraded.downcast::<TokioIo<Cutting>>() else { return };
        pass(parts.io.into_inner(), &mut output, &connection).await;
    });
    let mut answer = answer::bytes(101, kind, "");
    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    answer.headers_mut().insert(UPGRADE, HeaderValue::from_static("tcp"));
    Ok(answer)
}

/// Writes what comes to a client until either ends. A client may close its own side and still read.
async fn pass(mut socket: Cutting, output: &mut Receiver<Bytes>, engine: &Engine) {
    let (mut mischief, mut away) = (engine.mischief(), engine.away());
    let (mut input, mut open) = ([0; 1024], true);
    loop {
        tokio::select! {
            // An engine that is out of reach lets go of upgraded connections, too.
            () = reached(&mut mischief, |m| m.refuse) => return,
            () = reached(&mut away, |away| *away) => return,
            read = socket.read(&mut input), if open => open = read.is_ok_and(|n| n > 0),
            () = sleep(LOOK), if !open => if socket.hung_up() { return },
            piece = output.recv() => {
                let Some(piece) = piece else { break };
                if socket.write_all(&piece).await.is_err() {
                    return;
                }
            }
        }
    }
    // A client that is gone already needs no farewell.
    let _closed = socket.shutdown().await;
}

/// `POST /containers/ID/exec`: refused as the engine does where the container doesn't run, else for good.
pub(in crate::sim::http) fn exec(context: &Context, id: &str) -> Result<Answer, ApiError> {
    let (id, alive) = context.engine.with(|world| world.container(id).map(|c| (c.id.clone(), c.alive())))?;
    if !alive {
        let word = if context.face.since(44) { "container" } else { "Container" };
        return Err(ApiError::new(409, format!("{word} {id} is not running")));
    }
    Err(unable("runs no programs"))
}

/// `POST /containers/ID/resize`: the size of a terminal that nobody looks at.
pub(in crate::sim::http) fn resize(context: &Context, id: &str) -> Result<Answer, ApiError> {
    let query = &context.asked.query;
    let size = vec![("height", query.text("h").to_owned()), ("width", query.text("w").to_owned())];
    context.engine.change(|world| world.note(id, "resize", size))?;
    Ok(answer::empty(200))
}
