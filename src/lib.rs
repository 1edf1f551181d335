//! stackview: a terminal dashboard that knows your Docker Compose project, not only its containers.
//!
//! # One picture
//!
//! Data enters on the left, is understood once, and leaves as a picture on the right. Nothing flows back but
//! effects, which are plain values.
//!
//! ```text
//!  engine streams ─┐          ┌─────────────┐  &Model  ┌──────┐ Screen  ┌────────┐
//!  compose files  ─┤── Msg ──▶│ app::update │ ───────▶ │ view │ ──────▶ │ render │ ──▶ terminal
//!  keys and mouse ─┤          │   (pure)    │          │(pure)│         └────────┘
//!  time           ─┘          └──────┬──────┘          └──────┘
//!        ▲                           │ effects, and the streams that the screen wants
//!        └───────── runtime ◀────────┘
//! ```
//!
//! A container's start, say, is an [event of the engine](engine) that becomes a [`Fact`](host::Fact), reaches
//! [`app::update()`] as a [`Msg`](app::Msg), changes the [`Stack`](stack::Stack), and is seen because
//! [`view::view`] makes another [`Screen`](view::Screen) of it.
//!
//! # Rooms
//!
//! A layer imports only what stands above it here.
//!
//! | room | its one job |
//! |---|---|
//! | [`base`] | ids, stamps, bounded buffers, units, text made safe |
//! | [`compose`] | the project as `docker compose` reads it |
//! | [`logs`] | the log store: lines held, cleaned, levelled, split into fields, searched |
//! | [`stack`] | what is true now, and what its words mean |
//! | [`host`] | what is true of one engine, and the stacks on it |
//! | [`diagnose`] | rules that find what is wrong, and why |
//! | [`work`] | what can be done: calls, plans, agreement, jobs, as values |
//! | [`app`] | the model, its messages, effects and wanted streams; the action table |
//! | [`view`] | the model as a picture; themes; export |
//! | [`engine`] | the only room that talks to Docker |
//! | [`runtime`] | the loop, the terminal, the performing of effects |
//! | [`cli`] | arguments and one-shot commands |
//! | [`sim`] | a simulated engine behind the Docker Engine API; imports only [`base`] |
//!
//! # Laws
//!
//! Each is a test (`tests/laws.rs`, or beside the code it binds).
//!
//! 1. Only `app::update` changes the model.
//! 2. Imports go downward only; `bollard` is named only in `engine`, `hyper` there and in `sim`, `crossterm` only in `runtime`.
//! 3. No clock, randomness, thread, channel or I/O in `base`, `compose` (but its `load`), `logs`, `stack`, `host`,
//!    `diagnose`, `work`, `app`, `view`.
//! 4. The same `Screen` makes the same `Buffer`.
//! 5. Facts are idempotent and order-tolerant: any mix of events followed by a snapshot equals the snapshot.
//! 6. Every queue is bounded; every loss is counted, and the count is on the screen.
//! 7. What destroys takes a [`Agreed`](work::Agreed), which only the confirmation dialog can make, and
//!    removes exactly the ids of its plan, checked again. Read-only is refused where effects are performed, and
//!    once more in the transport.
//! 8. The terminal is given back on return, error, panic, signals and suspension.
//! 9. Nothing from outside reaches the terminal unsanitised.
//! 10. No wait without a deadline, no retry without a cap on its pace.

pub mod app;
pub mod base;
pub mod cli;
pub mod compose;
pub mod diagnose;
pub mod engine;
pub mod host;
pub mod logs;
pub mod runtime;
pub mod sim;
pub mod stack;
pub mod view;
pub mod work;
