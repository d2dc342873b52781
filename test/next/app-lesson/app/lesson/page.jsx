export { generateMetadata, Lesson as default } from "../../lib/lesson.jsx";
