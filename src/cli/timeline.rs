//! `stackview timeline`: the last start, as a drawing, as JSON or as a picture.

use std::{io::IsTerminal, sync::Arc};

use color_eyre::eyre::{Result, bail};
use ratatui::layout::Size;

use super::{args::TimelineFormat, block_on, colors, load, print, project_name};
use crate::{
    app::{
        Input, Key, Model, Msg, Store, Want, model::Settings, picture::startup_picture, screens::startup,
        wants::of_shown,
    },
    base::id::ProjectName,
    compose,
    engine::{Engine, Target},
    host::{Fact, Link},
    runtime::{clock, memory, now},
    stack::{self, starts::StartRecord, timeline::timeline_json},
    view::{ColorDepth, Theme, export, render::drawn},
};

/// The columns of a picture, and of a drawing that isn't printed on a terminal.
const WIDE: u16 = 120;

/// Looks and prints.
pub fn run(options: &compose::Options, target: &Target, settings: Settings, format: TimelineFormat) -> Result<u8> {
    let declared = load(options)?.map(Arc::new);
    let name = match &declared {
        Some(project) => project.name.clone(),
        None => project_name(options).unwrap_or_else(|| "".into()),
    };
    let colors = if std::io::stdout().is_terminal() { colors::depth(&options.env) } else { ColorDepth::None };
    let theme = settings.theme.clone();
    let model = look(&name, declared, target, options, settings)?;
    let Some(timeline) = &model.timeline else {
        bail!("nothing of the project '{name}' was started yet, so there is no start to show");
    };
    let terminal = rustix::termios::tcgetwinsize(std::io::stdout()).ok().map(|size| size.ws_col);
    match format {
        TimelineFormat::Json => {
            let mut out = serde_json::to_vec_pretty(&timeline_json(model.stack(), &model.overview, timeline))?;
            out.push(b'\n');
            print(&out)
        }
        TimelineFormat::Svg => {
            let theme = Theme::named(&theme)?;
            let screen = startup_picture(&model, size(&model, WIDE));
            print(export::svg(&drawn(&screen, &theme), &theme, &format!("{name}: the last start")).as_bytes())
        }
        TimelineFormat::Table => {
            let theme = Theme::named(&theme)?.adapted(colors);
            let screen = startup_picture(&model, size(&model, terminal.unwrap_or(WIDE).max(40)));
            let buffer = drawn(&screen, &theme);
            let plain = colors == ColorDepth::None;
            print(if plain { export::text(&buffer) } else { export::ansi(&buffer) }.as_bytes())
        }
    }
}

/// A model of the project at this moment, on the Startup screen, with the beginnings of its logs and the earlier
/// starts; this one is added to them.
fn look(
    name: &ProjectName,
    declared: Option<Arc<compose::Project>>,
    target: &Target,
    options: &compose::Options,
    settings: Settings,
) -> Result<Store> {
    let at = now();
    let mut model = Store::new(settings, name.clone(), declared, Size::new(WIDE, 200), at);
    let model = block_on(async {
        let engine = Engine::connect(Engine::locate(target, &options.env)?, true, clock()).await?;
        let mut facts = engine.snapshot(name).await?;
        facts.push(Fact::Link(Link::Live));
        // Messages that a dashboard would get; what they ask for is done below, or of no use here.
        let host = model.address().host;
        model.update(Msg::Facts(host, facts), now());
        model.update(Msg::Input(Input::Key(Key::char('2'))), now());
        let mut opened = Vec::new();
        for want in of_shown(&model) {
            if let Want::Opening { container, start } = want
                && let Ok(opening) = engine.opening(&container, start).await
            {
                opened.push(Fact::Stack(name.clone(), stack::Fact::Opened(container, opening)));
            }
        }
        model.update(Msg::Facts(host, opened), now());
        Ok::<_, color_eyre::Report>(model)
    })??;
    let mut model = model;
    let shown = model.address();
    model.update(Msg::Recalled(shown, memory::recall(name)), now());
    let place = model.host().view().place;
    if let Some(record) = model.timeline.as_ref().and_then(|t| StartRecord::of(t, place, model.engine_now()))
        && let Err(error) = memory::remember(name, record)
    {
        tracing::warn!("{error}");
    }
    Ok(model)
}

/// All bars and all notes at this width.
fn size(model: &Model, width: u16) -> Size {
    let bars = model.timeline.as_ref().map_or(0, |t| t.lanes.len());
    let notes = startup::all_notes(model, usize::from(width.saturating_sub(2))).len();
    // Two borders and the axis.
    Size::new(width, u16::try_from(bars + notes + 3).unwrap_or(u16::MAX).min(2000))
}
