//! Images, networks and volumes; and cleaning up.

use http_body_util::{BodyExt, Limited};
use serde_json::{Value, json};

use super::super::{
    answer::{self, Answer},
    context::Context,
    filters::{self, Filters},
};
use crate::sim::{
    api::{image as image_api, network as network_api, volume as volume_api},
    world::{ApiError, World},
};

/// The longest body that is read.
const BODY: usize = 1 << 20;

pub(in crate::sim::http) fn images(context: &Context) -> Result<Answer, ApiError> {
    let filters = Filters::read(&context.face, &context.asked.query, &filters::IMAGES)?;
    let list: Value = context.engine.with(|world| {
        let fitting = world.images().filter(|i| filters::image(&filters, i));
        fitting.map(|i| image_api::summary(&context.face, world, i, false)).collect()
    });
    Ok(answer::json(200, &list))
}

pub(in crate::sim::http) fn image(context: &Context, name: &str) -> Result<Answer, ApiError> {
    let document = context.engine.with(|world| world.image(name).map(|i| image_api::inspect(&context.face, i)));
    // Older engines say it twice.
    let document = document.map_err(|why| match why.status {
        404 if !context.face.since(44) => ApiError::new(404, format!("no such image: {name}: {}", why.message)),
        _ => why,
    })?;
    Ok(answer::json(200, &document))
}

/// An image's layers: one, as the simulated engine knows no more.
pub(in crate::sim::http) fn history(context: &Context, name: &str) -> Result<Answer, ApiError> {
    let face = &context.face;
    let layer = context.engine.with(|world| {
        world.image(name).map(|i| {
            json!([{
                "Comment": "", "Created": face.seconds(i.created), "CreatedBy": "", "Id": i.id, "Size": i.size,
                "Tags": i.tags,
            }])
        })
    })?;
    Ok(answer::json(200, &layer))
}

pub(in crate::sim::http) fn remove_image(context: &Context, name: &str) -> Result<Answer, ApiError> {
    let force = context.asked.query.is("force");
    let removed = context.engine.change(|world| world.remove_image(name, force))?;
    Ok(answer::json(200, &image_api::removals(&removed)))
}

pub(in crate::sim::http) fn networks(context: &Context) -> Result<Answer, ApiError> {
    let filters = Filters::read(&context.face, &context.asked.query, &filters::NETWORKS)?;
    let list: Value = context.engine.with(|world| {
        let fitting = world.networks().filter(|n| filters::network(world, &filters, n));
        fitting.map(|n| network_api::network(&context.face, world, n, false)).collect()
    });
    Ok(answer::json(200, &list))
}

pub(in crate::sim::http) fn network(context: &Context, id: &str) -> Result<Answer, ApiError> {
    let face = &context.face;
    let document =
        context.engine.with(|world| world.network(id).map(|n| network_api::network(face, world, n, true)))?;
    Ok(answer::json(200, &document))
}

pub(in crate::sim::http) fn remove_network(context: &Context, id: &str) -> Result<Answer, ApiError> {
    context.engine.change(|world| world.remove_network(id))?;
    Ok(answer::empty(204))
}

pub(in crate::sim::http) async fn connect(context: Context, network: &str) -> Result<Answer, ApiError> {
    let engine = context.engine.clone();
    let body = body(context).await?;
    let container = body.get("Container").and_then(Value::as_str).unwrap_or_default().to_owned();
    let aliases = body.pointer("/EndpointConfig/Aliases").and_then(Value::as_array).cloned().unwrap_or_default();
    let aliases = aliases.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    engine.change(|world| world.connect(network, &container, aliases))?;
    Ok(answer::empty(200))
}

pub(in crate::sim::http) async fn disconnect(context: Context, network: &str) -> Result<Answer, ApiError> {
    let engine = context.engine.clone();
    let body = body(context).await?;
    let container = body.get("Container").and_then(Value::as_str).unwrap_or_default().to_owned();
    let force = body.get("Force").and_then(Value::as_bool).unwrap_or_default();
    engine.change(|world| world.disconnect(network, &container, force))?;
    Ok(answer::empty(200))
}

async fn body(context: Context) -> Result<Value, ApiError> {
    let body = Limited::new(context.asked.inner.into_body(), BODY).collect().await;
    let body = body.map_err(|why| ApiError::new(400, why.to_string()))?.to_bytes();
    serde_json::from_slice(&body).map_err(|why| ApiError::new(400, why.to_string()))
}

pub(in crate::sim::http) fn volumes(context: &Context) -> Result<Answer, ApiError> {
    let filters = Filters::read(&context.face, &context.asked.query, &filters::VOLUMES)?;
    let list: Value = context.engine.with(|world| {
        let fitting = world.volumes().filter(|v| filters::volume(world, &filters, v));
        fitting.map(|v| volume_api::volume(&context.face, world, v, false)).collect()
    });
    Ok(answer::json(200, &json!({"Volumes": list, "Warnings": null})))
}

pub(in crate::sim::http) fn volume(context: &Context, name: &str) -> Result<Answer, ApiError> {
    let face = &context.face;
    let document =
        context.engine.with(|world| world.volume(name).map(|v| volume_api::volume(face, world, v, false)))?;
    Ok(answer::json(200, &document))
}

pub(in crate::sim::http) fn remove_volume(context: &Context, name: &str) -> Result<Answer, ApiError> {
    let force = context.asked.query.is("force");
    context.engine.change(|world| world.remove_volume(name, force))?;
    Ok(answer::empty(204))
}

/// Whether the engine made up the name.
fn anonymous(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit())
}

/// What is gone; `null` where nothing is.
fn gone(names: &[String]) -> Value {
    if names.is_empty() { Value::Null } else { json!(names) }
}

/// Who is chosen by the filters: a clean-up asks the world by name, which it then changes.
fn chosen(world: &World, fits: impl Fn(&World) -> Vec<String>) -> std::collections::HashSet<String> {
    fits(world).into_iter().collect()
}

pub(in crate::sim::http) fn clean_containers(context: &Context) -> Result<Answer, ApiError> {
    let filters = Filters::read(&context.face, &context.asked.query, &["label", "label!", "until"])?;
    let pruned = context.engine.change(|world| {
        let found = filters::containers(&context.face, world, &filters, true)?;
        let ids: std::collections::HashSet<String> = found.iter().map(|c| c.id.clone()).collect();
        Ok::<_, ApiError>(world.prune_containers(|c| ids.contains(&c.id)))
    })?;
    let document = json!({"ContainersDeleted": gone(&pruned.removed), "SpaceReclaimed": pruned.reclaimed});
    Ok(answer::json(200, &document))
}

pub(in crate::sim::http) fn clean_networks(context: &Context) -> Result<Answer, ApiError> {
    let filters = Filters::read(&context.face, &context.asked.query, &["label", "label!", "until"])?;
    let pruned = context.engine.change(|world| {
        let ids = chosen(world, |world| {
            world.networks().filter(|n| filters::network(world, &filters, n)).map(|n| n.id.clone()).collect()
        });
        world.prune_networks(|n| ids.contains(&n.id))
    });
    Ok(answer::json(200, &json!({"NetworksDeleted": gone(&pruned.removed)})))
}

pub(in crate::sim::http) fn clean_volumes(context: &Context) -> Result<Answer, ApiError> {
    let filters = Filters::read(&context.face, &context.asked.query, &["all", "label", "label!"])?;
    // From API 1.42 on only those without a name go, unless all are asked for.
    let all = !context.face.asked_since(42) || filters.flag("all") == Some(true);
    let pruned = context.engine.change(|world| {
        let names = chosen(world, |world| {
            world.volumes().filter(|v| filters::volume(world, &filters, v)).map(|v| v.name.clone()).collect()
        });
        world.prune_volumes(|v| names.contains(&v.name) && (all || anonymous(&v.name)))
    });
    Ok(answer::json(200, &json!({"VolumesDeleted": pruned.removed, "SpaceReclaimed": pruned.reclaimed})))
}

pub(in crate::sim::http) fn clean_images(context: &Context) -> Result<Answer, ApiError> {
    let filters = Filters::read(&context.face, &context.asked.query, &["dangling", "label", "label!", "until"])?;
    let dangling = filters.flag("dangling").unwrap_or(true);
    let filters = filters.without("dangling");
    let (removed, reclaimed) = context.engine.change(|world| {
        world.prune_images(|i| {
            let named = !dangling || i.tags.is_empty();
            named && filters::image(&filters, i)
        })
    });
    let removed = if removed.is_empty() { Value::Null } else { image_api::removals(&removed) };
    Ok(answer::json(200, &json!({"ImagesDeleted": removed, "SpaceReclaimed": reclaimed})))
}

pub(in crate::sim::http) fn clean_cache(context: &Context) -> Result<Answer, ApiError> {
    let all = context.asked.query.is("all");
    let pruned = context.engine.change(|world| world.prune_cache(all));
    Ok(answer::json(200, &json!({"CachesDeleted": gone(&pruned.removed), "SpaceReclaimed": pruned.reclaimed})))
}
