//! The deployment as published keeps every promise that data can show.

mod common;

use common::{Setting, state};
use obhut_core::promise::State;

/// The promises whose checks look at data.
const BY_DATA: [u8; 23] = [5, 6, 7, 8, 10, 12, 13, 14, 15, 16, 17, 19, 20, 21, 22, 23, 24, 25, 26, 28, 32, 33, 40];

#[test]
fn every_promise_shown_by_data_is_kept() {
    let report = Setting::sound().play();
    for moment in &report.timeline {
        println!("{} {:?}", moment.at, moment.what);
    }
    for number in BY_DATA {
        let (found, evidence) = state(&report, number);
        println!("{number:02} {found:?} {evidence}");
    }
    for number in BY_DATA {
        let (found, evidence) = state(&report, number);
        assert_eq!(found, State::Kept, "configurator-{number:02}: {evidence}");
    }
}

#[test]
fn the_same_rehearsal_gives_the_same_report() {
    assert_eq!(Setting::sound().play(), Setting::sound().play());
}

#[test]
fn invented_people_are_looked_at_too() {
    let sound = Setting::sound().play();
    let more = Setting { invented: 40, ..Setting::sound() }.play();
    assert_eq!(more.people, sound.people + 40);
    assert!(more.instants > sound.instants + 80, "each has at least two boundaries");
    for number in BY_DATA {
        assert_eq!(state(&more, number).0, State::Kept, "configurator-{number:02}");
    }
}
