//! stackview: a terminal dashboard that knows your Docker Compose project, not only its containers.
//!
//! # One picture
//!
//! Data enters on the left, is understood once, and leaves as a picture on the right. Nothing flows back but
//! effects, which are plain values.
//!
//! ```text
//!  engine streams ─┐          ┌─────────────┐  &Model  ┌──────────────┐ Screen  ┌──────────────┐
//!  compose files  ─┤── Msg ──▶│ app::update │ ───────▶ │ app::picture │ ──────▶ │ view::render │ ──▶ terminal
//!  keys and mouse ─┤          │   (pure)    │          │    (pure)    │         └──────────────┘
//!  time           ─┘          └──────┬──────┘          └──────────────┘
//!        ▲                           │ effects, and the streams that the screen wants
//!        └───────── runtime ◀────────┘
//! ```
//!
//! A container's start, say, is an [event of the engine](engine) that becomes a [`Fact`](host::Fact) about a host and
//! a project, reaches a [`Store`](app::Store) as a [`Msg`](app::Msg), changes the [`Stack`](stack::Stack), and is seen
//! because [`app::picture()`] makes another [`Screen`](view::Screen) of the model.
//!
//! # Rooms
//!
//! | room | imports | its one job |
//! |---|---|---|
//! | [`base`] | – | ids, stamps, clocks, bounded buffers, units, text made safe |
//! | [`view`] | base | the toolkit of pictures: lines, roles, panes, tables, rendering, themes, export; it knows no Docker |
//! | [`compose`] | base | the project as `docker compose` reads it |
//! | [`logs`] | base | the log store: lines held, cleaned, levelled, split into fields, searched |
//! | [`stack`] | base, compose, logs | what is true of one project, and what its words mean |
//! | [`host`] | base, compose, logs, stack | what is true of one engine, and the stacks on it |
//! | [`diagnose`] | base, compose, logs, stack, host | rules that find what is wrong, and why |
//! | [`work`] | base, compose, stack | what can be done: calls, plans, agreement, jobs, as values |
//! | [`app`] | all above | the program: the model and its messages, the action table, screens, overlays, the inspector |
//! | [`engine`] | base, compose, logs, stack, host, work | the only room that talks to Docker |
//! | [`runtime`] | all above | the loop, the terminal, the performing of effects |
//! | [`cli`] | all above, and sim | arguments and one-shot commands |
//! | [`sim`] | base | a simulated engine behind the Docker Engine API |
//!
//! These arrows and no others: `tests/laws/` holds the same table. Inside a room, files import each other in no circle:
//! what parent and child share lies in a file that imports neither, and a `mod.rs` declares and hands on.
//!
//! # Laws
//!
//! Each is a type or a test (`tests/laws/`, or beside the code it binds), and each test is shown to find a breach.
//!
//! 1. Only `app::update` changes the model: everybody else holds a [`Store`](app::Store), which lends it to be read.
//! 2. Imports follow the table; `bollard` is named only in `engine`, `hyper` there and in `sim`, `crossterm` only in
//!    `runtime`.
//! 3. No clock, time zone of the machine, randomness, thread, channel or I/O in `base`, `view`, `compose` (but its
//!    `load`), `logs`, `stack`, `host`, `diagnose`, `work`, `app`.
//! 4. The same `Screen` makes the same `Buffer`.
//! 5. Facts are idempotent and order-tolerant: any mix of events followed by a snapshot equals the snapshot. One about
//!    a host or a project that was left changes nothing.
//! 6. Every queue is bounded; every loss is counted, and the count is on the screen.
//! 7. What destroys takes an [`Agreed`](work::Agreed), which only the confirmation dialog or an explicit `--yes` can
//!    make, and removes exactly the ids of its plan, each looked at again. Read-only is refused where effects are
//!    performed, and once more in the transport.
//! 8. The terminal is given back on return, error, panic, signals and suspension.
//! 9. Nothing from outside reaches the terminal unsanitised, and no secret leaves that wasn't asked for.
//! 10. No wait without a deadline that counts from when it begins to queue, no retry without a cap on its pace.

// What came from outside may be as large as its type: it is added and multiplied by what saturates (or checks), never by
// a bare operator, which ends the program or wraps. `clippy.toml` says which types can't come to that. Tests may.
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

pub mod app;
pub mod base;
pub mod cli;
pub mod compose;
pub mod diagnose;
pub mod engine;
pub mod host;
pub mod logs;
pub mod runtime;
#[cfg_attr(
    not(test),
    expect(clippy::arithmetic_side_effects, reason = "it counts what it made itself, of a scenario with bounds")
)]
pub mod sim;
pub mod stack;
pub mod view;
pub mod work;
