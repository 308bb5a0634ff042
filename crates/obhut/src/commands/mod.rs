//! The commands, one file each.

pub(crate) mod check;
pub(crate) mod demo;
pub(crate) mod diff;
pub(crate) mod due;
pub(crate) mod new;
pub(crate) mod prove;
pub(crate) mod publish;
pub(crate) mod rehearse;
pub(crate) mod render;
pub(crate) mod serve;
pub(crate) mod sweep;
