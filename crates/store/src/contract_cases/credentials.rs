//! Credentials.

use std::collections::BTreeSet;

use obhut_core::{
    change::{Change, Credential, CredentialKind},
    id::TenantId,
};

use super::{World, cases, world::at};

cases! {
    a_credential_is_found_by_its_hash,
    a_replaced_credential_is_found_by_its_new_hash_only,
    a_secret_opens_one_door,
    a_dropped_credential_opens_none,
}

async fn a_credential_is_found_by_its_hash(world: World) {
    let tenant = world.tenant().await;
    let bound = world.new_credential(Some(tenant));
    let operators =
        Credential { kind: CredentialKind::Session, purposes: None, expires: None, ..world.new_credential(None) };
    let narrow = Credential {
        kind: CredentialKind::Remembered,
        purposes: Some(BTreeSet::new()),
        ..world.new_credential(Some(tenant))
    };
    world.commit(tenant, [Change::PutCredential(bound.clone()), Change::PutCredential(narrow.clone())]).await;
    world.commit(TenantId::OPERATOR, [Change::PutCredential(operators.clone())]).await;
    for (scope, credential) in [(tenant, bound), (tenant, narrow), (TenantId::OPERATOR, operators)] {
        assert_eq!(world.store.credential(credential.hash).await.unwrap(), Some((scope, credential)));
    }
    assert_eq!(world.store.credential([255; 32]).await.unwrap(), None);
}

async fn a_replaced_credential_is_found_by_its_new_hash_only(world: World) {
    let tenant = world.tenant().await;
    let first = world.new_credential(Some(tenant));
    world.commit(tenant, [Change::PutCredential(first.clone())]).await;
    let used = Credential { last_used: at(77), ..first.clone() };
    world.commit(tenant, [Change::PutCredential(used.clone())]).await;
    assert_eq!(world.store.credential(first.hash).await.unwrap(), Some((tenant, used)));
    let renewed = Credential { hash: [3; 32], ..first.clone() };
    world.commit(tenant, [Change::PutCredential(renewed.clone())]).await;
    assert_eq!(world.store.credential(first.hash).await.unwrap(), None);
    assert_eq!(world.store.credential([3; 32]).await.unwrap(), Some((tenant, renewed)));
}

async fn a_secret_opens_one_door(world: World) {
    let (one, other) = (world.tenant().await, world.tenant().await);
    let first = world.new_credential(Some(one));
    world.commit(one, [Change::PutCredential(first.clone())]).await;
    for tenant in [one, other] {
        let second = Credential { hash: first.hash, ..world.new_credential(Some(tenant)) };
        world.refuse(tenant, [Change::PutCredential(second)]).await;
    }
    assert_eq!(world.store.credential(first.hash).await.unwrap(), Some((one, first)));
}

async fn a_dropped_credential_opens_none(world: World) {
    let (one, other) = (world.tenant().await, world.tenant().await);
    let credential = world.new_credential(Some(one));
    world.commit(one, [Change::PutCredential(credential.clone())]).await;
    world.commit(other, [Change::DropCredential(credential.id)]).await;
    assert!(world.store.credential(credential.hash).await.unwrap().is_some(), "not another tenant's to drop");
    world.commit(one, [Change::DropCredential(credential.id)]).await;
    world.commit(one, [Change::DropCredential(credential.id)]).await;
    assert_eq!(world.store.credential(credential.hash).await.unwrap(), None);
}
