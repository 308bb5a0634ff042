//! The texts a policy consists of.

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its name, as findings print it.
    pub name: String,
    /// Its content.
    pub text: String,
}

/// A policy: one file, or several that are merged in this order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sources(pub Vec<Source>);

impl Sources {
    /// A policy of one file.
    pub fn one(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self(vec![Source { name: name.into(), text: text.into() }])
    }
}

impl Source {
    /// The nearest character boundary at or before `offset`.
    pub(crate) fn boundary(&self, offset: usize) -> usize {
        self.text.floor_char_boundary(offset)
    }
}

/// Where the lines of a text begin. Made once for a text: counting lines anew for each of many findings is slow.
#[derive(Debug)]
pub(crate) struct Lines<'s> {
    source: &'s Source,
    starts: Vec<usize>,
}

impl<'s> Lines<'s> {
    pub(crate) fn of(source: &'s Source) -> Self {
        Self::up_to(source, source.text.len())
    }

    /// Only the lines that begin before `offset`: a text that is too large to be read is not searched either.
    pub(crate) fn up_to(source: &'s Source, offset: usize) -> Self {
        let before = source.text.get(..source.boundary(offset)).unwrap_or_default();
        let newlines = before.match_indices('\n').map(|(at, _)| at + 1);
        Self { source, starts: std::iter::once(0).chain(newlines).collect() }
    }

    /// The number (from 1) and the beginning of the line with the byte at `offset`.
    pub(crate) fn line(&self, offset: usize) -> (usize, usize) {
        let number = self.starts.partition_point(|start| *start <= offset);
        (number.max(1), self.starts.get(number.saturating_sub(1)).copied().unwrap_or(0))
    }

    /// Line and column (both from 1, the column in characters) of the byte at `offset`.
    pub(crate) fn position(&self, offset: usize) -> (usize, usize) {
        let offset = self.source.boundary(offset);
        let (number, start) = self.line(offset);
        let column = self.source.text.get(start..offset).unwrap_or_default().chars().count() + 1;
        (number, column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_and_survive_any_offset() {
        let source = Source { name: "a".into(), text: "äb\ncd".into() };
        let lines = Lines::of(&source);
        assert_eq!(lines.position(0), (1, 1));
        assert_eq!(lines.position(1), (1, 1));
        assert_eq!(lines.position(2), (1, 2));
        assert_eq!(lines.position(5), (2, 2));
        assert_eq!(lines.position(99), (2, 3));
    }
}
