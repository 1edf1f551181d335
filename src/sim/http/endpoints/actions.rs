//! What is done to containers.

use serde_json::{Value, json};

use super::super::{
    answer::{self, Answer},
    context::Context,
};
use crate::sim::world::{Action, ApiError, Done, Until};

/// `POST /containers/ID/VERB`.
pub(in crate::sim::http) async fn act(context: &Context, id: &str, verb: &str) -> Result<Answer, ApiError> {
    let query = &context.asked.query;
    let given = |key: &str| Some(query.text(key).to_owned()).filter(|text| !text.is_empty());
    // Older engines don't know the signal of a stop, and ignore it.
    let signal = || given("signal").filter(|_| context.face.since(42));
    let action = match verb {
        "start" => Action::Start,
        "stop" => Action::Stop { timeout: query.number("t")?, signal: signal() },
        "restart" => Action::Restart { timeout: query.number("t")?, signal: signal() },
        "kill" => Action::Kill { signal: given("signal") },
        "pause" => Action::Pause,
        "unpause" => Action::Unpause,
        "rename" => Action::Rename { to: query.text("name").to_owned() },
        _ => return Err(ApiError::new(404, "page not found")),
    };
    done(context, id, action).await
}

/// `DELETE /containers/ID`.
pub(in crate::sim::http) async fn remove(context: &Context, id: &str) -> Result<Answer, ApiError> {
    let query = &context.asked.query;
    if query.is("link") {
        return Err(ApiError::new(400, "bad parameter: the simulated engine has no links"));
    }
    done(context, id, Action::Remove { force: query.is("force"), volumes: query.is("v") }).await
}

async fn done(context: &Context, id: &str, action: Action) -> Result<Answer, ApiError> {
    match context.engine.settle(id, action).await? {
        Done::Unchanged => Ok(answer::empty(304)),
        Done::Changed | Done::Exited { .. } => Ok(answer::empty(204)),
    }
}

/// `POST /containers/ID/wait`: the head at once, so that the client knows that somebody waits; the rest at the end.
pub(in crate::sim::http) fn wait(context: &Context, id: &str) -> Result<Answer, ApiError> {
    let condition = match context.asked.query.text("condition") {
        "" | "not-running" => Until::NotRunning,
        "next-exit" => Until::NextExit,
        "removed" => Until::Removed,
        other => return Err(ApiError::new(400, format!("invalid condition: {other:?}"))),
    };
    context.engine.with(|world| world.container(id).map(|_| ()))?;
    let (engine, face, id) = (context.engine.clone(), context.face, id.to_owned());
    Ok(answer::pieces(&context.engine, "application/json", move |pieces| async move {
        let document = match engine.settle(&id, Action::Wait(condition)).await {
            Ok(Done::Exited { code, error }) => {
                let error = error.map_or(Value::Null, |message| json!({"Message": message}));
                // Newer engines leave the error out where there is none.
                if error.is_null() && face.since(42) {
                    json!({"StatusCode": code})
                } else {
                    json!({"Error": error, "StatusCode": code})
                }
            }
            Ok(_) => json!({"Error": null, "StatusCode": 0}),
            Err(why) => json!({"Error": {"Message": why.message}, "StatusCode": -1}),
        };
        pieces.send(format!("{document}\n")).await;
    }))
}
