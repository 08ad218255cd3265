/* The figures of the pin's look that the page draws with: those of firmware/ui/theme.py, compared with it by a test. */

export const SIDE = 240;
export const MIDDLE = 120;
export const CONTENT_RADIUS = 108;

export const NAME_FONTS = ['name-44', 'name-36', 'name-28'];
export const TITLE_FONT = 'title-20';
export const CAPTION_FONT = 'caption-16';
export const WIDE_FONTS = ['ideographs', 'unifont'];
export const WIDE_EIGHTHS = [
    [12, 24],
    [10, 16],
    [8, 16],
    [5, 10],
    [4, 8],
]; // beside names, title and caption

export const GAP = 12;
export const WIDE_GAP = 16;
export const PLATE_TOP = 5;
export const PLATE_BOTTOM = 214;
export const NAME_STEP_PERCENT = 142;
export const NARROWING = 4;
export const LONG_WORD = 12; // letters; a longer one may be broken where no line holds it
export const SECOND_VOICE = 11; // of fifteen parts from the plate's colour to its ink

export const MEETING_TOP = 106;
export const MEETING_BOTTOM = 178;
export const MEETING_LINE = 198;
export const DISC_RADIUS = 32;
export const DISC_MIDDLE = 64;
export const INITIAL_DROP = 13;
