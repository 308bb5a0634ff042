//! People: added, found, paged, restricted, dropped.

use obhut_core::{
    change::{Change, Expect, Subject},
    id::{AudienceName, FieldName, SubjectId},
};

use super::{
    World, cases,
    world::{contents, email, hash_of, shopper},
};

cases! {
    a_person_gets_another_key_and_the_old_one_is_doomed,
    without_traces_only_the_records_are_left,
    a_person_is_added_once,
    a_key_belongs_to_one_person,
    people_come_by_id_in_pages_of_their_audience,
    a_touch_counts_once_in_a_batch,
    a_restriction_is_set_and_lifted,
    an_identity_leads_to_one_person,
    an_identity_is_dropped_by_field,
    a_dropped_person_leaves_nothing_and_dooms_its_key,
    only_who_is_there_can_be_touched_restricted_or_dropped,
    a_person_may_come_back_under_a_new_key,
}

async fn a_person_is_added_once(world: World) {
    let tenant = world.tenant().await;
    let subject = world.new_subject();
    world.commit(tenant, [Change::AddSubject(subject.clone())]).await;
    assert_eq!(world.snapshot(tenant, subject.id).await.subject, subject);
    let again = Subject { key: world.slot(), ..subject };
    world.refuse(tenant, [Change::AddSubject(again)]).await;
}

async fn a_key_belongs_to_one_person(world: World) {
    let tenant = world.tenant().await;
    let subject = world.new_subject();
    world.commit(tenant, [Change::AddSubject(subject.clone())]).await;
    let other = Subject { key: subject.key, ..world.new_subject() };
    world.refuse(tenant, [Change::AddSubject(other)]).await;
    // And is not doomed beneath it.
    world.refuse(tenant, [Change::DoomKey(subject.key)]).await;
}

async fn people_come_by_id_in_pages_of_their_audience(world: World) {
    let tenant = world.tenant().await;
    let visitor = AudienceName::from("visitor");
    let (mut shoppers, mut visitors) = (Vec::new(), Vec::new());
    for index in 0..9 {
        let mut subject = world.new_subject();
        let ids = if index % 3 == 0 { &mut visitors } else { &mut shoppers };
        if index % 3 == 0 {
            subject.audience = visitor.clone();
        }
        ids.push(subject.id);
        let (_, changes) = world.everything_about(subject.id);
        world.commit(tenant, [Change::AddSubject(subject)].into_iter().chain(changes)).await;
    }
    let page = async |audience: &AudienceName, after, limit| -> Vec<SubjectId> {
        let page = world.store.subjects(tenant, audience, after, limit).await.unwrap();
        for snapshot in &page {
            assert_eq!(world.snapshot(tenant, snapshot.subject.id).await, *snapshot, "alone as on a page");
            assert_eq!(snapshot.records.len(), 2);
        }
        page.into_iter().map(|snapshot| snapshot.subject.id).collect()
    };
    assert_eq!(page(&shopper(), None, 99).await, shoppers);
    assert_eq!(page(&visitor, None, 99).await, visitors);
    assert_eq!(page(&shopper(), None, 4).await, shoppers[..4]);
    assert_eq!(page(&shopper(), Some(shoppers[3]), 4).await, shoppers[4..]);
    assert_eq!(page(&shopper(), Some(shoppers[5]), 4).await, []);
    assert_eq!(page(&shopper(), None, 0).await, []);
    assert_eq!(page(&"nobody".into(), None, 9).await, []);
    assert_eq!(world.store.count_subjects(tenant, &shopper()).await.unwrap(), 6);
    assert_eq!(world.store.count_subjects(tenant, &visitor).await.unwrap(), 3);
    assert_eq!(world.store.count_subjects(tenant, &"nobody".into()).await.unwrap(), 0);
}

async fn a_touch_counts_once_in_a_batch(world: World) {
    let tenant = world.tenant().await;
    let (subject, other) = (world.person(tenant).await, world.person(tenant).await);
    world.commit(tenant, [Change::TouchSubject(subject), Change::TouchSubject(subject)]).await;
    assert_eq!(world.snapshot(tenant, subject).await.subject.version, 2);
    assert_eq!(world.snapshot(tenant, other).await.subject.version, 1);
}

async fn a_restriction_is_set_and_lifted(world: World) {
    let tenant = world.tenant().await;
    let (subject, other) = (world.person(tenant).await, world.person(tenant).await);
    for restricted in [true, true, false] {
        world.commit(tenant, [Change::Restrict { subject, restricted }]).await;
        assert_eq!(world.snapshot(tenant, subject).await.subject.restricted, restricted);
        assert!(!world.snapshot(tenant, other).await.subject.restricted);
    }
}

async fn an_identity_leads_to_one_person(world: World) {
    let tenant = world.tenant().await;
    let (subject, other) = (world.person(tenant).await, world.person(tenant).await);
    let add = |subject| Change::AddIdentity { field: email(), hash: [5; 16], subject };
    world.commit(tenant, [add(subject)]).await;
    // Again is no news, somebody else is.
    world.commit(tenant, [add(subject)]).await;
    world.refuse(tenant, [add(other)]).await;
    let mut batch = world.batch(tenant, []);
    batch.expect = vec![Expect::NoIdentity { field: email(), hash: [5; 16] }];
    world.conflict(batch).await;
    assert_eq!(world.store.find(tenant, &email(), [5; 16]).await.unwrap(), Some(subject));
    assert_eq!(world.store.find(tenant, &email(), [6; 16]).await.unwrap(), None);
    assert_eq!(world.store.find(tenant, &"phone".into(), [5; 16]).await.unwrap(), None);
}

async fn an_identity_is_dropped_by_field(world: World) {
    let tenant = world.tenant().await;
    let (subject, other) = (world.person(tenant).await, world.person(tenant).await);
    let phone = FieldName::from("phone");
    let add =
        |field: &FieldName, byte, subject| Change::AddIdentity { field: field.clone(), hash: [byte; 16], subject };
    let added =
        [add(&email(), 1, subject), add(&email(), 2, subject), add(&phone, 1, subject), add(&email(), 3, other)];
    world.commit(tenant, added).await;
    world.commit(tenant, [Change::DropIdentity { field: email(), subject }]).await;
    world.commit(tenant, [Change::DropIdentity { field: email(), subject }]).await;
    let found = async |field: &FieldName, byte| world.store.find(tenant, field, [byte; 16]).await.unwrap();
    assert_eq!(found(&email(), 1).await, None);
    assert_eq!(found(&email(), 2).await, None);
    assert_eq!(found(&phone, 1).await, Some(subject));
    assert_eq!(found(&email(), 3).await, Some(other));
}

async fn a_dropped_person_leaves_nothing_and_dooms_its_key(world: World) {
    let tenant = world.tenant().await;
    let stays = world.person(tenant).await;
    world.commit(tenant, world.everything_about(stays).1).await;
    let empty = contents(&*world.store, &[shopper()]).await;

    let subject = world.new_subject();
    let (record, changes) = world.everything_about(subject.id);
    world.commit(tenant, [Change::AddSubject(subject.clone())].into_iter().chain(changes)).await;
    let full = contents(&*world.store, &[shopper()]).await;
    assert!(full.mentions(&subject.id.to_string()) >= 6, "{:?}", full.reads_with(&subject.id.to_string()));

    world.commit(tenant, [Change::DropSubject(subject.id)]).await;
    let mut gone = contents(&*world.store, &[shopper()]).await;
    assert_eq!(gone.reads_with(&subject.id.to_string()), [""; 0]);
    assert_eq!(gone.reads_with(&record.to_string()), [""; 0]);
    assert_eq!(world.store.doomed_keys(9).await.unwrap(), [(tenant, subject.key)]);
    assert_eq!(world.store.subject(tenant, subject.id).await.unwrap(), None);
    assert_eq!(world.store.find(tenant, &email(), hash_of(subject.id)).await.unwrap(), None);
    assert_eq!(world.store.due_of(tenant, subject.id).await.unwrap(), []);
    assert_eq!(world.store.disclosures(tenant, subject.id).await.unwrap(), []);

    // But for the doomed key and the log, all is as before.
    let mut before = empty;
    for contents in [&mut before, &mut gone] {
        contents.0.retain(|read, _| !read.starts_with("audit") && !read.starts_with("doomed"));
    }
    assert_eq!(gone, before);
}

async fn only_who_is_there_can_be_touched_restricted_or_dropped(world: World) {
    let tenant = world.tenant().await;
    let nobody = world.id(SubjectId::from_bytes);
    world.refuse(tenant, [Change::TouchSubject(nobody)]).await;
    world.refuse(tenant, [Change::Restrict { subject: nobody, restricted: true }]).await;
    world.refuse(tenant, [Change::DropSubject(nobody)]).await;
    let (record, changes) = world.everything_about(nobody);
    for change in changes {
        world.refuse(tenant, [change]).await;
    }
    world.refuse(tenant, [Change::DropRecord { subject: nobody, record }]).await;
}

async fn a_person_may_come_back_under_a_new_key(world: World) {
    let tenant = world.tenant().await;
    let subject = world.new_subject();
    world.commit(tenant, [Change::AddSubject(subject.clone())]).await;
    world.commit(tenant, [Change::DropSubject(subject.id)]).await;
    world.refuse(tenant, [Change::AddSubject(subject.clone())]).await;
    world.commit(tenant, [Change::AddSubject(Subject { key: world.slot(), ..subject })]).await;
}

async fn a_person_gets_another_key_and_the_old_one_is_doomed(world: World) {
    let tenant = world.tenant().await;
    let (subject, other) = (world.new_subject(), world.new_subject());
    world.commit(tenant, [Change::AddSubject(subject.clone()), Change::AddSubject(other.clone())]).await;
    let key = world.slot();
    world.commit(tenant, [Change::Rekey { subject: subject.id, key }]).await;
    assert_eq!(world.snapshot(tenant, subject.id).await.subject, Subject { key, ..subject.clone() });
    assert_eq!(world.store.doomed_keys(9).await.unwrap(), [(tenant, subject.key)]);
    // Not to the one it has, to one that is doomed, to another person's, and only of somebody who exists.
    for key in [key, subject.key, other.key] {
        world.conflict(world.batch(tenant, [Change::Rekey { subject: subject.id, key }])).await;
    }
    let nobody = world.new_subject();
    world.refuse(tenant, [Change::Rekey { subject: nobody.id, key: nobody.key }]).await;
}

async fn without_traces_only_the_records_are_left(world: World) {
    let tenant = world.tenant().await;
    let (subject, other) = (world.person(tenant).await, world.person(tenant).await);
    for person in [subject, other] {
        let (_, everything) = world.everything_about(person);
        world.commit(tenant, everything).await;
    }
    let before = world.snapshot(tenant, subject).await;
    world.commit(tenant, [Change::DropTraces(subject)]).await;
    let after = world.snapshot(tenant, subject).await;
    assert_eq!((after.records, after.subject), (before.records, before.subject));
    assert_eq!((after.occurrences, after.consents, after.holds), (Vec::new(), Vec::new(), Vec::new()));
    assert_eq!(world.store.find(tenant, &email(), hash_of(subject)).await.unwrap(), None);
    assert_eq!(world.store.disclosures(tenant, subject).await.unwrap(), []);
    assert!(world.store.messages(tenant, 9).await.unwrap().iter().all(|message| message.subject == other));
    assert_eq!(world.store.due_of(tenant, subject).await.unwrap(), []);
    assert_eq!(world.store.find(tenant, &email(), hash_of(other)).await.unwrap(), Some(other));
    let nobody = world.new_subject().id;
    world.refuse(tenant, [Change::DropTraces(nobody)]).await;
}
