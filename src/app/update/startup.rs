//! Earlier starts: asked for once a project is known, compared with, and added to.

use super::facts;
use crate::{
    app::{Effect, Model, model::Mode},
    base::id::Address,
    stack::starts::{self, Remembered, StartRecord},
};

/// The earlier starts of a project were read.
pub fn recalled(model: &mut Model, of: &Address, earlier: Vec<StartRecord>) {
    if *of == model.address() {
        model.stack_mut().remembered = Remembered::Known(earlier);
        facts::derive(model);
    }
}

/// Asks for the earlier starts of the project that is shown, and remembers the last one when it is over.
pub fn remember(model: &mut Model, out: &mut Vec<Effect>) {
    if model.mode != Mode::Dashboard || model.stack().project.is_empty() {
        return;
    }
    let shown = model.address();
    if model.stack().remembered == Remembered::Unasked {
        model.stack_mut().remembered = Remembered::Asked;
        out.push(Effect::Recall(shown));
        return;
    }
    let now = model.engine_now();
    let place = model.host().view().place;
    let record = model.timeline.as_ref().and_then(|t| StartRecord::of(t, place, now));
    let Remembered::Known(known) = &mut model.stack_mut().remembered else { return };
    if let Some(record) = record
        && starts::remember(known, record.clone())
    {
        out.push(Effect::Remember(shown.project, record));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::{
            Msg,
            fixture::{healthy, model, tell},
            update,
        },
        stack::{
            Container, Fact,
            fixture::{at, probe},
        },
    };

    fn started() -> Vec<Container> {
        healthy().into_iter().map(|c| c.probed(&[probe(15.0, 15.2, 0)])).collect()
    }

    fn remembered(effects: &[Effect]) -> usize {
        effects.iter().filter(|e| matches!(e, Effect::Remember(..))).count()
    }

    fn recall(model: &mut Model) -> Vec<Effect> {
        let shown = model.address();
        update(model, Msg::Recalled(shown, Vec::new()), at(101.0))
    }

    #[test]
    fn a_start_is_remembered_once_after_the_earlier_ones_were_read() {
        let mut model = model(&started());
        assert_eq!(model.stack().remembered, Remembered::Asked, "asked for with the first facts");
        let told = recall(&mut model);
        assert_eq!(remembered(&told), 1);
        let told = update(&mut model, Msg::Tick, at(102.0));
        assert_eq!(remembered(&told), 0);
        assert_eq!(model.stack().remembered.starts().len(), 1);
    }

    #[test]
    fn nothing_is_remembered_before_it_is_over() {
        let mut model = model(&started()[..2]);
        assert_eq!(remembered(&recall(&mut model)), 0);
        assert_eq!(remembered(&tell(&mut model, Vec::<Fact>::new(), at(102.0))), 0);
    }
}
