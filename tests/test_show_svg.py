"""A drawn chart in the page: only known tags and attributes, colours of the page, nothing that acts."""

import pytest

from nearer.show._svg import INK, StrangePicture, at_home


def test_colours_become_those_of_the_page_and_the_picture_is_named() -> None:
    drawn = f'<svg class="marks" width="10" height="5" viewBox="0 0 10 5"><path d="M1.2345,2" fill="{INK["one"]}" aria-label="x"/></svg>'
    assert at_home(drawn, label="t") == (
        '<svg width="10" height="5" viewBox="0 0 10 5" role="img" aria-labelledby="t"><path d="M1.2,2" fill="var(--one)"/></svg>'
    )


def test_each_ink_is_another_colour() -> None:
    assert len(set(INK.values())) == len(INK)


@pytest.mark.parametrize(
    "drawn",
    [
        "<svg><script>x</script></svg>",
        '<svg><a href="http://x"><text>x</text></a></svg>',
        "<svg><foreignObject></foreignObject></svg>",
        '<svg><image href="x"/></svg>',
        "<svg><style>x</style></svg>",
        "<svg><g <text>",
        "<svg></svg><",
        "<svg><!-- x --></svg>",
    ],
)
def test_what_no_chart_of_ours_has_is_refused(drawn: str) -> None:
    with pytest.raises(StrangePicture):
        at_home(drawn, label="t")


def test_attributes_that_act_link_or_style_are_dropped() -> None:
    drawn = (
        '<svg onload="x()"><rect style="x" id="i" href="u" fill="url(http://x)" width="calc(1*2)" height="3" clip-path="url(#c)"/></svg>'
    )
    assert at_home(drawn, label="t") == '<svg role="img" aria-labelledby="t"><rect height="3"/></svg>'


def test_text_stays_escaped_and_empty_groups_go() -> None:
    drawn = '<svg><g class="a"><g><path d=""/></g></g><text x="1">&lt;b&gt; &amp; Ana</text></svg>'
    assert at_home(drawn, label="t") == '<svg role="img" aria-labelledby="t"><text x="1">&lt;b&gt; &amp; Ana</text></svg>'
