//! Occurrences and consent events.

use obhut_core::{
    change::{Change, ConsentRow},
    consent::ConsentKind,
    model::Lang,
};

use super::{
    World, cases,
    world::{at, consented, occurred, occurrence},
};

cases! {
    occurrences_come_by_time,
    the_same_occurrence_twice_is_one,
    only_the_last_is_kept_where_only_the_last_matters,
    an_older_one_changes_nothing_where_only_the_last_matters,
    consents_come_as_committed,
}

async fn occurrences_come_by_time(world: World) {
    let tenant = world.tenant().await;
    let subject = world.person(tenant).await;
    let record = world.record(tenant, subject).await;
    world
        .commit(
            tenant,
            [
                occurred(subject, None, "b", 5),
                occurred(subject, Some(record), "a", 3),
                occurred(subject, None, "a", 4),
                occurred(subject, None, "b", -9_999_999_999),
            ],
        )
        .await;
    assert_eq!(
        world.snapshot(tenant, subject).await.occurrences,
        [
            occurrence(subject, None, "b", -9_999_999_999),
            occurrence(subject, Some(record), "a", 3),
            occurrence(subject, None, "a", 4),
            occurrence(subject, None, "b", 5),
        ]
    );
}

async fn the_same_occurrence_twice_is_one(world: World) {
    let tenant = world.tenant().await;
    let subject = world.person(tenant).await;
    world.commit(tenant, [occurred(subject, None, "a", 1), occurred(subject, None, "a", 1)]).await;
    world.commit(tenant, [occurred(subject, None, "a", 1)]).await;
    assert_eq!(world.snapshot(tenant, subject).await.occurrences, [occurrence(subject, None, "a", 1)]);
}

async fn only_the_last_is_kept_where_only_the_last_matters(world: World) {
    let tenant = world.tenant().await;
    let (subject, other) = (world.person(tenant).await, world.person(tenant).await);
    let (record, second) = (world.record(tenant, subject).await, world.record(tenant, subject).await);
    // About the person, about a record, about another record, about somebody else, another event: five things.
    world
        .commit(
            tenant,
            [
                occurred(subject, None, "a", 1),
                occurred(subject, None, "a", 2),
                occurred(subject, Some(record), "a", 1),
                occurred(subject, Some(second), "a", 1),
                occurred(other, None, "a", 1),
                occurred(subject, None, "b", 1),
            ],
        )
        .await;
    let last =
        |record, seconds| Change::Occurred { occurrence: occurrence(subject, record, "a", seconds), only_last: true };
    world.commit(tenant, [last(None, 9), last(Some(record), 8)]).await;
    let snapshot = world.snapshot(tenant, subject).await;
    assert_eq!(snapshot.occurrences.len(), 4);
    for kept in [
        occurrence(subject, None, "b", 1),
        occurrence(subject, Some(second), "a", 1),
        occurrence(subject, Some(record), "a", 8),
        occurrence(subject, None, "a", 9),
    ] {
        assert!(snapshot.occurrences.contains(&kept), "{kept:?}");
    }
    assert_eq!(world.snapshot(tenant, other).await.occurrences.len(), 1);
}

async fn an_older_one_changes_nothing_where_only_the_last_matters(world: World) {
    let tenant = world.tenant().await;
    let subject = world.person(tenant).await;
    let last = |seconds| Change::Occurred { occurrence: occurrence(subject, None, "a", seconds), only_last: true };
    world.commit(tenant, [last(5), last(4), last(5)]).await;
    world.commit(tenant, [last(3)]).await;
    assert_eq!(world.snapshot(tenant, subject).await.occurrences, [occurrence(subject, None, "a", 5)]);
    world.commit(tenant, [last(6)]).await;
    assert_eq!(world.snapshot(tenant, subject).await.occurrences, [occurrence(subject, None, "a", 6)]);
}

async fn consents_come_as_committed(world: World) {
    let tenant = world.tenant().await;
    let subject = world.person(tenant).await;
    let english = ConsentRow { lang: Lang::En, form: "ünï".into(), ..consented(subject, ConsentKind::Refused, 7) };
    let rows = [
        consented(subject, ConsentKind::Granted, 5),
        consented(subject, ConsentKind::Withdrawn, 5),
        english,
        consented(subject, ConsentKind::Requested, 1),
        consented(subject, ConsentKind::Requested, 1),
    ];
    for row in &rows {
        world.commit(tenant, [Change::Consented(row.clone())]).await;
    }
    assert_eq!(world.snapshot(tenant, subject).await.consents, rows);
    assert_eq!(rows[3].event.at, at(1));
}
