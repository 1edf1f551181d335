//! From a request to the endpoint that answers it, and the misbehaviour that comes before.

use std::{convert::Infallible, sync::Arc};

use hyper::{Method, body::Incoming};
use tokio::time::sleep;

use super::{
    answer::{self, Answer},
    context::{Context, unable},
    endpoints::{actions, attach, containers, events, logs, stats, stores, system},
    engine::Engine,
    request::Asked,
};
use crate::sim::{api::Face, world::ApiError};

/// Answers a request.
pub(super) async fn answer(engine: Arc<Engine>, request: hyper::Request<Incoming>) -> Result<Answer, Infallible> {
    let mut mischief = engine.mischief();
    let now = *mischief.borrow_and_update();
    sleep(now.delay).await;
    if mischief.wait_for(|m| !m.stall).await.is_err() {
        return Ok(answer::empty(503));
    }
    let asked = Asked::new(request);
    let face = engine.face(asked.version);
    let mut answer = if now.fail {
        answer::error(&ApiError::new(500, "the simulated engine fails on purpose"))
    } else if now.garbage {
        answer::bytes(200, "application/json", &b"{\"Id\": \xff\xfe[}\x00 not what was asked for"[..])
    } else {
        match route(Context { engine: engine.clone(), face, asked }).await {
            Ok(answer) => answer,
            Err(why) => answer::error(&why),
        }
    };
    answer::dress(&mut answer, &face, &engine);
    Ok(answer)
}

async fn route(context: Context) -> Result<Answer, ApiError> {
    check_version(&context.face)?;
    let parts: Vec<String> = context.asked.parts.clone();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let (get, post, delete) = (
        Method::GET == context.asked.method,
        Method::POST == context.asked.method,
        Method::DELETE == context.asked.method,
    );
    let head = Method::HEAD == context.asked.method;
    match parts.as_slice() {
        ["_ping"] if get || head => system::ping(&context),
        ["version"] if get => system::version(&context),
        ["info"] if get => system::info(&context),
        ["system", "df"] if get => system::usage(&context),
        ["events"] if get => events::events(&context),
        ["plugins"] if get => Ok(answer::json(200, &serde_json::json!([]))),
        ["auth"] if post => Err(unable("has no registry to log in to")),

        ["containers", "json"] if get => containers::list(&context),
        ["containers", "create"] if post => Err(unable("can't create containers")),
        ["containers", "prune"] if post => stores::clean_containers(&context),
        ["containers", id, "json"] if get => containers::inspect(&context, id),
        ["containers", id, "top"] if get => containers::top(&context, id),
        ["containers", id, "changes"] if get => containers::changes(&context, id),
        ["containers", id, "logs"] if get => logs::logs(&context, id),
        ["containers", id, "stats"] if get => stats::stats(&context, id).await,
        ["containers", id, "archive"] => containers::archive(&context, id),
        ["containers", id, "export"] if get => containers::archive(&context, id),
        ["containers", id, "attach"] if post => attach::attach(context, id),
        ["containers", id, "exec"] if post => attach::exec(&context, id),
        ["containers", id, "resize"] if post => attach::resize(&context, id),
        ["containers", id, "wait"] if post => actions::wait(&context, id),
        ["containers", id, "update"] if post => containers::update(&context, id),
        ["containers", id, verb] if post => actions::act(&context, id, verb).await,
        ["containers", id] if delete => actions::remove(&context, id).await,
        ["exec", id, ..] => Err(ApiError::new(404, format!("No such exec instance: {id}"))),

        ["images", "json"] if get => stores::images(&context),
        ["images", "create" | "load"] | ["build"] | ["commit"] if post => Err(unable("can't build or pull images")),
        ["images", "prune"] if post => stores::clean_images(&context),
        ["build", "prune"] if post => stores::clean_cache(&context),
        // An image's name may have slashes.
        ["images", name @ .., "json"] if get && !name.is_empty() => stores::image(&context, &name.join("/")),
        ["images", name @ .., "history"] if get && !name.is_empty() => stores::history(&context, &name.join("/")),
        ["images", name @ ..] if delete && !name.is_empty() => stores::remove_image(&context, &name.join("/")),

        ["networks"] if get => stores::networks(&context),
        ["networks", "create"] if post => Err(unable("can't create networks")),
        ["networks", "prune"] if post => stores::clean_networks(&context),
        ["networks", id] if get => stores::network(&context, id),
        ["networks", id] if delete => stores::remove_network(&context, id),
        ["networks", id, "connect"] if post => stores::connect(context, id).await,
        ["networks", id, "disconnect"] if post => stores::disconnect(context, id).await,

        ["volumes"] if get => stores::volumes(&context),
        ["volumes", "create"] if post => Err(unable("can't create volumes")),
        ["volumes", "prune"] if post => stores::clean_volumes(&context),
        ["volumes", name] if get => stores::volume(&context, name),
        ["volumes", name] if delete => stores::remove_volume(&context, name),

        ["swarm" | "services" | "nodes" | "tasks" | "secrets" | "configs", ..] => Err(ApiError::new(
            503,
            "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this \
             node to swarm and try again.",
        )),
        _ => Err(ApiError::new(404, "page not found")),
    }
}

/// The engine refuses clients that are too new or too old for it.
fn check_version(face: &Face) -> Result<(), ApiError> {
    let (asked, release) = (face.asked, &face.release);
    if asked > release.version {
        let newest = release.version;
        let message = format!("client version {asked} is too new. Maximum supported API version is {newest}");
        return Err(ApiError::new(400, message));
    }
    if asked < release.oldest {
        let oldest = release.oldest;
        let message = format!(
            "client version {asked} is too old. Minimum supported API version is {oldest}, please upgrade your \
             client to a newer version"
        );
        return Err(ApiError::new(400, message));
    }
    Ok(())
}
