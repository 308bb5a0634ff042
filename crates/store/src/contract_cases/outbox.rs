//! Messages and disclosures.

use std::collections::BTreeSet;

use obhut_core::{
    change::{Change, DisclosureRow, Message},
    disclosure::Ground,
    id::CredentialId,
    model::Sender,
};

use super::{World, cases, world::at};

cases! {
    messages_come_oldest_first,
    disclosures_come_oldest_first_with_their_ground,
    a_message_and_a_disclosure_are_added_once,
}

async fn messages_come_oldest_first(world: World) {
    let tenant = world.tenant().await;
    let (a, b) = (world.person(tenant).await, world.person(tenant).await);
    let message = |subject, seconds| Message { queued: at(seconds), ..world.new_message(subject) };
    let (late, early) = (message(a, 9), Message { sender: Sender::Operator, ..message(b, 1) });
    let middle = message(a, 5);
    world.commit(tenant, [&late, &early, &middle].map(|message| Change::AddMessage(message.clone()))).await;
    assert_eq!(world.store.messages(tenant, 9).await.unwrap(), [early.clone(), middle.clone(), late]);
    assert_eq!(world.store.messages(tenant, 2).await.unwrap(), [early, middle]);
}

async fn disclosures_come_oldest_first_with_their_ground(world: World) {
    let tenant = world.tenant().await;
    let (subject, other) = (world.person(tenant).await, world.person(tenant).await);
    let row = |ground, seconds| DisclosureRow { ground, at: at(seconds), ..world.new_disclosure(subject) };
    let demand = row(
        Ground::Demand {
            recipient: "police".into(),
            authority: "Amtsgericht Köln".into(),
            file_number: "7 Gs \"1\"/26".into(),
            legal_ground: "§ 100j StPO".into(),
            approvals: BTreeSet::from([world.id(CredentialId::from_bytes)]),
        },
        9,
    );
    let agreed = row(Ground::Agreement { to: "the bank".into() }, 1);
    let theirs = world.new_disclosure(other);
    world.commit(tenant, [&demand, &agreed, &theirs].map(|row| Change::AddDisclosure(row.clone()))).await;
    assert_eq!(world.store.disclosures(tenant, subject).await.unwrap(), [agreed, demand]);
    assert_eq!(world.store.disclosures(tenant, other).await.unwrap(), [theirs]);
}

async fn a_message_and_a_disclosure_are_added_once(world: World) {
    let tenant = world.tenant().await;
    let subject = world.person(tenant).await;
    let changes =
        [Change::AddMessage(world.new_message(subject)), Change::AddDisclosure(world.new_disclosure(subject))];
    world.commit(tenant, changes.clone()).await;
    for change in changes {
        world.refuse(tenant, [change]).await;
    }
}
