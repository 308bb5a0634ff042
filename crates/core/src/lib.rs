//! The law as functions.
//!
//! Everything in this crate is pure: no input or output, no clock, no randomness. Rules take `now` as an argument
//! ([`clock::Clock`] is only the shape in which the outside offers it), and nothing here can fail for a reason that
//! does not lie in its arguments.
//!
//! | module | subject |
//! |---|---|
//! | [`id`] | typed ids and names |
//! | [`clock`] | the one source of time, as an argument |
//! | [`period`], [`rule`] | periods with calendar arithmetic; the syntax tree of a time rule |
//! | [`history`], [`consent`] | what happened to a person, folded from events |
//! | [`retention`] | rule + events + holds + now -> verdict with reasons (DIN 66398, Art. 5(1)(e) GDPR) |
//! | [`access`] | purpose, basis, role, consent, events, restriction -> permit or refusal (Art. 5(1)(b), 6, 18, 25 GDPR) |
//! | [`contact`], [`disclosure`] | who may write to whom; to whom data may be handed |
//! | [`model`] | the resolved policy: what all of the above ask |
//! | [`promise`] | kept, broken, unproven |
//! | [`change`] | what rules hand to storage: one batch, audited |
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::arithmetic_side_effects
    )
)]

pub mod access;
pub mod change;
pub mod clock;
pub mod consent;
pub mod contact;
pub mod disclosure;
pub mod history;
pub mod id;
pub mod model;
pub mod period;
pub mod promise;
pub mod retention;
pub mod rule;

/// The instant type of the whole house: a point in time without a zone, to the microsecond.
pub use jiff::Timestamp;
