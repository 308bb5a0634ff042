//! What only this backend has: its catalogue, its statements, its file.

mod catalogue;
mod erasure;
mod file;
mod grouping;
mod statements;
