//! The sealed values of a record in two columns: the names of the fields, and the values one after the other.
//!
//! One row for a record instead of one more for each field: half the pages touched by a write, and what a tenant holds
//! can be counted by the names without reading a value.

use obhut_core::id::FieldName;

/// The values do not fit the names: the row is damaged.
#[derive(Debug, thiserror::Error)]
#[error("the sealed values of a record do not fit its fields")]
pub(super) struct Misfit;

/// The names, and each value after its length (four bytes, the highest first).
pub(super) fn join(sealed: &[(FieldName, Vec<u8>)]) -> Result<(Vec<FieldName>, Vec<u8>), Misfit> {
    let mut values = Vec::with_capacity(sealed.iter().map(|(_, value)| value.len().saturating_add(4)).sum());
    for (_, value) in sealed {
        values.extend(u32::try_from(value.len()).map_err(|_| Misfit)?.to_be_bytes());
        values.extend(value);
    }
    Ok((sealed.iter().map(|(field, _)| field.clone()).collect(), values))
}

/// The reverse of [`join`].
pub(super) fn split(fields: Vec<FieldName>, mut values: &[u8]) -> Result<Vec<(FieldName, Vec<u8>)>, Misfit> {
    let mut sealed = Vec::with_capacity(fields.len());
    for field in fields {
        let (length, rest) = values.split_first_chunk().ok_or(Misfit)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| Misfit)?;
        let (value, rest) = rest.split_at_checked(length).ok_or(Misfit)?;
        sealed.push((field, value.to_vec()));
        values = rest;
    }
    if values.is_empty() { Ok(sealed) } else { Err(Misfit) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_values_are_split_again() {
        let sealed = vec![
            (FieldName::from("email"), vec![1, 2, 3]),
            (FieldName::from("name"), Vec::new()),
            (FieldName::from("note"), vec![0; 70_000]),
        ];
        let (fields, values) = join(&sealed).unwrap();
        assert_eq!(split(fields, &values).unwrap(), sealed);
        assert_eq!(split(Vec::new(), &[]).unwrap(), Vec::new());
    }

    #[test]
    fn damaged_values_are_refused() {
        let sealed = vec![(FieldName::from("email"), vec![1, 2, 3])];
        let (fields, values) = join(&sealed).unwrap();
        for cut in 0..values.len() {
            assert!(split(fields.clone(), &values[..cut]).is_err(), "cut after {cut}");
        }
        assert!(split(fields, &[values.as_slice(), &[0]].concat()).is_err());
        assert!(split(Vec::new(), &values).is_err());
    }
}
