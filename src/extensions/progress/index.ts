export type { CourseLesson, CourseProgress, CourseSection, CourseStructure } from "./course.ts";
export type { HeldData } from "./held.ts";
export type { Learner, Progress, ResumePoint } from "./learning.ts";
export { memoryProgress } from "./memory.ts";
export type { ProgressOptions } from "./options.ts";
export type { HeldNote, LessonNote, ProgressData } from "./port.ts";
export { progress } from "./progress.ts";
export { progressSchema, sqlProgress } from "./sql.ts";
