//! `stackview timeline`: the last start, as a drawing, as JSON or as a picture.

use color_eyre::eyre::{Result, bail};
use ratatui::layout::Size;

use super::{
    args::TimelineFormat,
    colors,
    look::{Depth, look},
    output::{columns, is_terminal, print, print_as_asked, print_json},
    project::load,
};
use crate::{
    app::{Model, Store, model::Settings, picture::startup_picture, screens::startup},
    compose,
    engine::EngineTarget,
    runtime::{memory, now},
    stack::{
        starts::StartRecord,
        timeline::{Timeline, timeline_json},
    },
    view::{ColorDepth, Theme, export, render::drawn},
};

/// The columns of a picture, and of a drawing that isn't printed on a terminal.
const WIDE: u16 = 120;

/// Looks and prints.
pub fn run(
    options: &compose::Options,
    target: &EngineTarget,
    settings: Settings,
    format: TimelineFormat,
) -> Result<u8> {
    let colors = if is_terminal() { colors::depth(&options.env) } else { ColorDepth::None };
    let theme = settings.theme.clone();
    let host = look(options, target, load(options)?, Depth::Start)?.whole()?;
    let model = Store::looking_at(settings, host, Vec::new(), Size::new(WIDE, 200), now());
    let name = &model.stack().project;
    let Some(timeline) = &model.timeline else {
        bail!("nothing of the project '{name}' was started yet, so there is no start to show");
    };
    remember(&model, timeline);
    match format {
        TimelineFormat::Json => print_json(timeline_json(model.stack(), &model.overview, timeline)),
        TimelineFormat::Svg => {
            let theme = Theme::named(&theme)?;
            let screen = startup_picture(&model, size(&model, WIDE));
            print_as_asked(export::svg(&drawn(&screen, &theme), &theme, &format!("{name}: the last start")).as_bytes())
        }
        TimelineFormat::Table => {
            let theme = Theme::named(&theme)?.adapted(colors);
            let screen = startup_picture(&model, size(&model, columns().unwrap_or(WIDE).max(40)));
            let buffer = drawn(&screen, &theme);
            let plain = colors == ColorDepth::None;
            print(&if plain { export::text(&buffer) } else { export::ansi(&buffer) })
        }
    }
}

/// Adds the start to those that are remembered, where it is over.
fn remember(model: &Model, timeline: &Timeline) {
    let name = &model.stack().project;
    if let Some(record) = StartRecord::of(timeline, model.host().view().place, model.engine_now())
        && let Err(error) = memory::remember(name, record)
    {
        tracing::warn!("{error}");
    }
}

/// All bars and all notes at this width.
fn size(model: &Model, width: u16) -> Size {
    let bars = model.timeline.as_ref().map_or(0, |t| t.lanes.len());
    let notes = startup::all_notes(model, usize::from(width.saturating_sub(2))).len();
    // Two borders and the axis.
    Size::new(width, u16::try_from(bars + notes + 3).unwrap_or(u16::MAX).min(2000))
}
