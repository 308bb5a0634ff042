//! Due dates and doomed keys.

use jiff::{Timestamp, Unit};
use obhut_core::change::{Change, DueRow, Subject};

use super::{
    World, cases,
    world::{at, due},
};

cases! {
    what_is_due_comes_earliest_first_across_tenants,
    a_record_has_one_due_date,
    a_cleared_due_date_is_gone,
    instants_keep_their_microseconds,
    a_key_is_doomed_until_it_is_destroyed,
    a_doomed_key_is_given_to_nobody,
}

async fn what_is_due_comes_earliest_first_across_tenants(world: World) {
    let (one, other) = (world.tenant().await, world.tenant().await);
    let (here, there) = (world.person(one).await, world.person(other).await);
    let (a, b) = (world.record(one, here).await, world.record(one, here).await);
    let c = world.record(other, there).await;
    assert_eq!(world.store.next_due().await.unwrap(), None);
    world.commit(one, [Change::SetDue(due(here, a, 30)), Change::SetDue(due(here, b, 10))]).await;
    world.commit(other, [Change::SetDue(due(there, c, 20))]).await;
    let by = async |seconds, limit| -> Vec<_> {
        let entries = world.store.due(at(seconds), limit).await.unwrap();
        entries.into_iter().map(|entry| (entry.tenant, entry.due)).collect()
    };
    let (first, second, third) = ((one, due(here, b, 10)), (other, due(there, c, 20)), (one, due(here, a, 30)));
    assert_eq!(by(9, 99).await, []);
    assert_eq!(by(10, 99).await, std::slice::from_ref(&first), "the instant itself counts");
    assert_eq!(by(99, 99).await, [first.clone(), second.clone(), third]);
    assert_eq!(by(99, 2).await, [first, second]);
    assert_eq!(world.store.next_due().await.unwrap(), Some(at(10)));
}

async fn a_record_has_one_due_date(world: World) {
    let tenant = world.tenant().await;
    let subject = world.person(tenant).await;
    let record = world.record(tenant, subject).await;
    let moved = DueRow { rule: "tickets".into(), ..due(subject, record, 50) };
    world.commit(tenant, [Change::SetDue(due(subject, record, 1)), Change::SetDue(moved.clone())]).await;
    assert_eq!(world.store.due_of(tenant, subject).await.unwrap(), [moved]);
    assert_eq!(world.store.due(at(49), 9).await.unwrap(), []);
    assert_eq!(world.store.next_due().await.unwrap(), Some(at(50)));
}

async fn a_cleared_due_date_is_gone(world: World) {
    let tenant = world.tenant().await;
    let subject = world.person(tenant).await;
    let (record, other) = (world.record(tenant, subject).await, world.record(tenant, subject).await);
    world.commit(tenant, [Change::SetDue(due(subject, record, 1)), Change::SetDue(due(subject, other, 2))]).await;
    world.commit(tenant, [Change::ClearDue { record }, Change::ClearDue { record }]).await;
    assert_eq!(world.store.due_of(tenant, subject).await.unwrap(), [due(subject, other, 2)]);
    assert_eq!(world.store.next_due().await.unwrap(), Some(at(2)));
}

async fn instants_keep_their_microseconds(world: World) {
    let tenant = world.tenant().await;
    let subject = world.person(tenant).await;
    let whole = |instant: Timestamp| instant.round(Unit::Microsecond).unwrap();
    for instant in
        [Timestamp::from_microsecond(-1).unwrap(), Timestamp::from_microsecond(1_770_000_000_123_457).unwrap()]
    {
        assert_eq!(whole(instant), instant);
        let record = world.record(tenant, subject).await;
        let row = DueRow { fires_at: instant, ..due(subject, record, 0) };
        world.commit(tenant, [Change::SetDue(row.clone())]).await;
        assert!(world.store.due_of(tenant, subject).await.unwrap().contains(&row));
    }
    assert_eq!(world.store.next_due().await.unwrap(), Timestamp::from_microsecond(-1).ok());
}

async fn a_key_is_doomed_until_it_is_destroyed(world: World) {
    let (one, other) = (world.tenant().await, world.tenant().await);
    let subject = world.new_subject();
    let (class, theirs) = (world.slot(), world.slot());
    world.commit(one, [Change::AddSubject(subject.clone())]).await;
    world.commit(one, [Change::DropSubject(subject.id), Change::DoomKey(class), Change::DoomKey(class)]).await;
    world.commit(other, [Change::DoomKey(theirs)]).await;
    let doomed = async |limit| {
        let mut keys = world.store.doomed_keys(limit).await.unwrap();
        keys.sort_unstable();
        keys
    };
    assert_eq!(doomed(99).await, [(one, subject.key), (one, class), (other, theirs)]);
    assert_eq!(doomed(2).await.len(), 2);
    // Somebody else's and unknown ones are passed over.
    world.commit(one, [Change::KeysDestroyed(vec![subject.key, theirs, world.slot()])]).await;
    assert_eq!(doomed(99).await, [(one, class), (other, theirs)]);
    world.commit(one, [Change::KeysDestroyed(vec![class])]).await;
    world.commit(other, [Change::KeysDestroyed(vec![theirs])]).await;
    assert_eq!(doomed(99).await, []);
}

async fn a_doomed_key_is_given_to_nobody(world: World) {
    let (one, other) = (world.tenant().await, world.tenant().await);
    let slot = world.slot();
    world.commit(one, [Change::DoomKey(slot)]).await;
    let subject = Subject { key: slot, ..world.new_subject() };
    world.refuse(one, [Change::AddSubject(subject.clone())]).await;
    world.refuse(other, [Change::AddSubject(subject.clone())]).await;
    world.commit(one, [Change::KeysDestroyed(vec![slot])]).await;
    world.commit(other, [Change::AddSubject(subject)]).await;
}
