// What the scripts of the map find in the page beside each other: Leaflet, and folium's jQuery.
declare const L: any;
interface Window { $: any; }
